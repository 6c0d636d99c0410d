import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {readDeployment} from '../../cli/deployment.ts';
import {clientVariables, startCloud} from '../../local/cloud.ts';
import {accountOf} from '../../local/metadata/metadata-server.ts';

// A local cloud in a process of its own, with the topics and without anybody who listens to them. Tells its parent how it is found.

const PROJECT = 'millrace-bench';
const AUDIENCE = 'bench';

const folder = mkdtempSync(join(tmpdir(), 'millrace-cold-'));
const cloud = await startCloud({
  folder,
  project: {id: PROJECT, number: '123456789012'},
  region: 'us-central1',
  httpPort: 0,
  grpcPort: 0,
});
const headers = {'content-type': 'application/json'};
for (const topic of (await readDeployment()).topics) {
  const url = `${cloud.httpUrl}/v1/projects/${PROJECT}/topics/${topic}`;
  await fetch(url, {method: 'PUT', headers, body: '{}'});
}
for (const name of ['bench-data', 'bench-runs', 'bench-admission']) {
  const url = `${cloud.httpUrl}/storage/v1/b?project=${PROJECT}`;
  await fetch(url, {method: 'POST', headers, body: JSON.stringify({name, location: 'us-central1'})});
}
const services = ['CLOUDBUILD', 'ARTIFACTREGISTRY', 'AIPLATFORM', 'WORKFLOWEXECUTIONS'];
process.send?.({
  ...Object.fromEntries(
    services.map((service) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${service}`, `${cloud.httpUrl}/`]),
  ),
  ...clientVariables(cloud.httpUrl, cloud.grpcAddress),
  GOOGLE_CLOUD_PROJECT: PROJECT,
  MILLRACE_DATA_BUCKET: 'bench-data',
  MILLRACE_RUNS_BUCKET: 'bench-runs',
  MILLRACE_ADMISSION_BUCKET: 'bench-admission',
  MILLRACE_AUDIENCE: AUDIENCE,
  MILLRACE_INVOKERS: accountOf(PROJECT),
  MILLRACE_CERTIFICATES_URL: `${cloud.httpUrl}/oauth2/v1/certs`,
  MILLRACE_LOG_LEVEL: 'warn',
});
process.once('disconnect', async () => {
  await cloud.close();
  rmSync(folder, {recursive: true});
});
