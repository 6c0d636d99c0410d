import {type Cloud, clientVariables, startCloud} from '../local/cloud.ts';
import type {Trigger} from '../local/eventarc/eventarc.ts';
import {accountOf} from '../local/metadata/metadata-server.ts';
import {buildFunctions, bundlesFolder} from './build-functions.ts';
import {deployWorkflows} from './deploy-workflows.ts';
import {type Deployment, readDeployment} from './deployment.ts';

const PROJECT = {id: 'millrace-local', number: '123456789012'};
const REGION = 'us-central1';
const BUCKETS = {
  data: 'millrace-local-data',
  runs: 'millrace-local-runs',
  admission: 'millrace-local-admission',
};
const REPOSITORY = 'millrace';
/** Tables in it may be split. */
const DATASET = 'millrace';
const AUDIENCE = 'millrace-local';
const PARENT = `projects/${PROJECT.id}`;
const MAX_ACK_DEADLINE_SECONDS = 600;
const SECONDS_PER_DAY = 86_400;

export interface LocalProjectOptions {
  /** Where the cloud keeps its state. */
  readonly folder: string;
  /** 0 for any free port; gRPC takes the next one. */
  readonly port: number;
  /** Added to the environment of the functions. */
  readonly functionEnv?: Readonly<Record<string, string>>;
}

/** A whole project on this machine: the local cloud with everything deployed that infra/ deploys. */
export interface LocalProject {
  readonly httpUrl: string;
  readonly grpcAddress: string;
  /** What clients of any language need to find it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Bundles the functions and starts them with everything they need. */
export async function startLocalProject(options: LocalProjectOptions): Promise<LocalProject> {
  await buildFunctions();
  return openLocalProject(options);
}

/** Starts a project whose functions are bundled already. */
export async function openLocalProject({
  folder,
  port,
  functionEnv = {},
}: LocalProjectOptions): Promise<LocalProject> {
  const deployment = await readDeployment();
  let env: Record<string, string> = {};
  const cloud = await startCloud({
    folder,
    project: PROJECT,
    region: REGION,
    httpPort: port,
    grpcPort: port === 0 ? 0 : port + 1,
    functions: {
      folder: bundlesFolder,
      names: Object.keys(deployment.functions),
      env: (name) => ({...env, NODE_OPTIONS: deployment.functions[name]?.nodeOptions ?? '', ...functionEnv}),
    },
  });
  env = {...clientVariables(cloud.httpUrl, cloud.grpcAddress), ...projectVariables(cloud.httpUrl)};
  await deploy(deployment, cloud);
  return {
    httpUrl: cloud.httpUrl,
    grpcAddress: cloud.grpcAddress,
    env,
    close: cloud.close,
  };
}

function rerunUrl(httpUrl: string): string {
  return `${httpUrl}/functions/rerun`;
}

function projectVariables(httpUrl: string): Record<string, string> {
  const overrides = [
    'STORAGE',
    'PUBSUB',
    'CLOUDBUILD',
    'ARTIFACTREGISTRY',
    'AIPLATFORM',
    'ML',
    'LOGGING',
    'WORKFLOWS',
    'WORKFLOWEXECUTIONS',
    'CLOUDSCHEDULER',
    'BIGQUERY',
  ];
  return {
    GOOGLE_CLOUD_PROJECT: PROJECT.id,
    MILLRACE_REGION: REGION,
    MILLRACE_DATA_BUCKET: BUCKETS.data,
    MILLRACE_RUNS_BUCKET: BUCKETS.runs,
    MILLRACE_ADMISSION_BUCKET: BUCKETS.admission,
    MILLRACE_REPOSITORY: REPOSITORY,
    MILLRACE_TABLE_DATASETS: `${PROJECT.id}.${DATASET}`,
    MILLRACE_AUDIENCE: AUDIENCE,
    MILLRACE_INVOKERS: accountOf(PROJECT.id),
    MILLRACE_CERTIFICATES_URL: `${httpUrl}/oauth2/v1/certs`,
    MILLRACE_RERUN_URL: rerunUrl(httpUrl),
    CLOUDSDK_CORE_PROJECT: PROJECT.id,
    CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
    ...Object.fromEntries(
      overrides.map((service) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${service}`, `${httpUrl}/`]),
    ),
  };
}

/** What Terraform does in the cloud. Everything that is there already stays as it is. */
async function deploy(deployment: Deployment, cloud: Cloud): Promise<void> {
  await createResources(deployment, cloud.httpUrl);
  await deployWorkflows(`${cloud.httpUrl}/v1`, `${PARENT}/locations/${REGION}`, {
    MILLRACE_AUDIENCE: AUDIENCE,
    MILLRACE_RERUN_URL: rerunUrl(cloud.httpUrl),
    CLOUDSDK_API_ENDPOINT_OVERRIDES_ML: `${cloud.httpUrl}/`,
  });
  await scheduleFunctions(deployment, cloud.httpUrl);
  for (const name of Object.keys(deployment.functions)) {
    for (const trigger of triggersOf(name, deployment, cloud.httpUrl))
      await cloud.eventarc.createTrigger(trigger);
  }
}

function triggersOf(name: string, {functions, deadLetters}: Deployment, httpUrl: string): Trigger[] {
  const {triggers = [], timeoutSeconds = 0} = functions[name] ?? {};
  // A message that even record-failure cannot take must not come back to it for ever.
  const topic = name === 'record-failure' ? deadLetters.unrecordedTopic : deadLetters.topic;
  const {maxDeliveryAttempts} = deadLetters;
  const common = {
    destination: `${httpUrl}/functions/${name}`,
    ackDeadlineSeconds: Math.min(MAX_ACK_DEADLINE_SECONDS, timeoutSeconds + 30),
    deadLetterPolicy: {deadLetterTopic: `${PARENT}/topics/${topic}`, maxDeliveryAttempts},
  };
  return triggers.flatMap((trigger, index) => {
    if ('http' in trigger || 'schedule' in trigger) return [];
    const event =
      'bucket' in trigger ? {bucket: BUCKETS[trigger.bucket]} : {topic: `${PARENT}/topics/${trigger.topic}`};
    return [{...common, event, name: index === 0 ? name : `${name}-${index + 1}`}];
  });
}

async function createResources({topics, sinks, deadLetters}: Deployment, httpUrl: string): Promise<void> {
  for (const name of Object.values(BUCKETS)) {
    await ensure('POST', `${httpUrl}/storage/v1/b?project=${PROJECT.id}`, {name, location: REGION});
  }
  for (const topic of topics) await ensure('PUT', `${httpUrl}/v1/${PARENT}/topics/${topic}`, {});
  await ensure('PUT', `${httpUrl}/v1/${PARENT}/subscriptions/${deadLetters.subscription}`, {
    topic: `${PARENT}/topics/${deadLetters.topic}`,
    messageRetentionDuration: `${deadLetters.retentionDays * SECONDS_PER_DAY}s`,
    // Without a time to live in it, the subscription never expires.
    expirationPolicy: {},
  });
  for (const [name, {topic, filter}] of Object.entries(sinks)) {
    const destination = `pubsub.googleapis.com/${PARENT}/topics/${topic}`;
    await ensure('POST', `${httpUrl}/v2/${PARENT}/sinks`, {name, destination, filter});
  }
  const repositories = `${httpUrl}/v1/${PARENT}/locations/${REGION}/repositories`;
  await ensure('POST', `${repositories}?repositoryId=${REPOSITORY}`, {format: 'DOCKER'});
}

/** Makes each job anew, since the address of a function changes with the port. */
async function scheduleFunctions({functions}: Deployment, httpUrl: string): Promise<void> {
  const parent = `${PARENT}/locations/${REGION}`;
  const oidcToken = {serviceAccountEmail: accountOf(PROJECT.id), audience: AUDIENCE};
  for (const [name, {triggers}] of Object.entries(functions)) {
    for (const trigger of triggers) {
      if (!('schedule' in trigger)) continue;
      const job = `${parent}/jobs/${name}`;
      const httpTarget = {uri: `${httpUrl}/functions/${name}`, httpMethod: 'POST', oidcToken};
      await fetch(`${httpUrl}/v1/${job}`, {method: 'DELETE'});
      await ensure('POST', `${httpUrl}/v1/${parent}/jobs`, {
        name: job,
        schedule: trigger.schedule,
        httpTarget,
      });
    }
  }
}

const CONFLICT = 409;

async function ensure(method: string, url: string, resource: object): Promise<void> {
  const headers = {'content-type': 'application/json'};
  const answer = await fetch(url, {method, headers, body: JSON.stringify(resource)});
  if (!answer.ok && answer.status !== CONFLICT) throw new Error(`${method} ${url}: ${await answer.text()}`);
}
