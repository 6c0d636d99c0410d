import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import {type LocalProject, startLocalProject} from '../../../cli/local-project.ts';
import {readConfig} from '../../../shared/config.ts';
import {admissionOf} from '../../../shared/domain/admission.ts';
import {googleCloud} from '../../../shared/gateways/google-cloud.ts';
import {platformFor} from '../../../shared/platform-of.ts';
import type {Ports} from '../../../shared/ports.ts';
import {admissionsContract} from '../../contracts/admissions.contract.ts';
import {bigSplitContract} from '../../contracts/big-split.contract.ts';
import {effectsContract} from '../../contracts/effects.contract.ts';
import {buildsContract, jobsContract} from '../../contracts/jobs.contract.ts';
import {pipelinesContract} from '../../contracts/pipelines.contract.ts';
import {portsContract} from '../../contracts/ports.contract.ts';
import {requestsContract} from '../../contracts/requests.contract.ts';
import {runQueriesContract} from '../../contracts/run-queries.contract.ts';
import {emptyWorld, memoryPorts} from '../../support/memory-ports.ts';

/** Time passes between two calls, as it does for the services. */
async function inPassingTime(): Promise<Ports> {
  const world = emptyWorld();
  const ports = memoryPorts(world);
  const create: Ports['runs']['create'] = (run) => {
    world.nowMs += 1;
    return ports.runs.create(run);
  };
  return {...ports, runs: {...ports.runs, create}};
}

portsContract('a world in memory', async () => ({ports: await inPassingTime(), close: async () => {}}));
runQueriesContract('a world in memory', inPassingTime);

const inMemory = async () => memoryPorts(emptyWorld());
effectsContract('a world in memory', inMemory);
admissionsContract('a world in memory', async () => {
  const world = emptyWorld();
  const {admissions} = memoryPorts(world);
  return {admissions, create: async (object, content) => world.admissions.set(object, admissionOf(content))};
});
jobsContract('a world in memory', async () => (await inMemory()).platforms.vertex.jobs);
const inOneWorld = inMemory();
pipelinesContract('a world in memory', async () => (await inOneWorld).platforms.vertex.jobs);
buildsContract('a world in memory', inMemory);
requestsContract('a world in memory', inMemory);
bigSplitContract('a world in memory', async () => {
  const world = emptyWorld();
  return {ports: memoryPorts(world), executionsOf: async (key) => (world.executions.has(key) ? 1 : 0)};
});

describe("Google's clients", () => {
  const environment = {...process.env};
  let folder: string;
  let project: LocalProject;
  let ports: Ports;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ports-'));
    project = await startLocalProject({folder, port: 0});
    Object.assign(process.env, project.env);
    ports = googleCloud(readConfig(process.env));
  });

  after(async () => {
    process.env = environment;
    await project.close();
    await rm(folder, {recursive: true});
  });

  portsContract('the local cloud', async () => ({ports, close: async () => {}}));
  runQueriesContract('the local cloud', async () => ports);
  effectsContract('the local cloud', async () => ports);
  admissionsContract('the local cloud', async () => ({
    admissions: ports.admissions,
    create: (object, content) => ports.objects.create(ports.buckets.admission, object, content),
  }));
  jobsContract('the local Vertex AI', async () => ports.platforms.vertex.jobs);
  pipelinesContract('the local Vertex AI', async () => ports.platforms.vertex.jobs);
  jobsContract('the local AI Platform', async () => platformFor({platform: 'ai-platform'}, ports).jobs);
  buildsContract('the local cloud', async () => ports);
  requestsContract('the local cloud', async () => ports);
  bigSplitContract('the local cloud', async () => ({
    ports,
    async executionsOf(key) {
      const location = 'projects/millrace-local/locations/us-central1';
      const url = `${project.httpUrl}/v1/${location}/workflows/split-in-bigquery/executions?filter=labels.key%3D%22${key}%22`;
      const {executions}: {executions?: unknown[]} = JSON.parse(await (await fetch(url)).text());
      return executions?.length ?? 0;
    },
  }));

  it('gunzip an object that is gzip by content, whatever its name', async () => {
    const zipped = Readable.from([gzipSync('a,b\n1,2\n')], {objectMode: false});
    const object = await ports.objects.put(ports.buckets.data, 'plain.csv', zipped);

    assert.equal(await ports.objects.readText(object), 'a,b\n1,2\n');
  });

  it('refuse a bucket that is not there for good', async () => {
    await assert.rejects(ports.objects.put('no-such-bucket', 'x', 'x'), {
      name: 'PermanentError',
      code: 'SERVICE_REFUSED',
    });
  });
});
