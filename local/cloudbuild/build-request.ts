import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {z} from 'zod';
import {duration, ignoring, int64, notOffered, parseRequest} from '../request.ts';

type Build = cloudbuild_v1.Schema$Build;

/** Fields only the service sets. */
const OUTPUT_FIELDS: (keyof Build)[] = [
  'approval',
  'buildTriggerId',
  'createTime',
  'failureInfo',
  'finishTime',
  'id',
  'logUrl',
  'name',
  'projectId',
  'results',
  'sourceProvenance',
  'startTime',
  'status',
  'statusDetail',
  'timing',
  'warnings',
];

const step = z.strictObject({
  name: z.string().min(1),
  args: z.array(z.string()).exactOptional(),
  env: z.array(z.string()).exactOptional(),
  id: z.string().exactOptional(),
  dir: z.string().exactOptional(),
  entrypoint: z.string().exactOptional(),
  /** Steps run one after the other here, so whatever a step waits for is over. */
  waitFor: z.array(z.string()).exactOptional(),
  allowExitCodes: notOffered(),
  allowFailure: notOffered(),
  automapSubstitutions: notOffered(),
  script: notOffered(),
  secretEnv: notOffered(),
  timeout: notOffered(),
  volumes: notOffered(),
}) satisfies z.ZodType<cloudbuild_v1.Schema$BuildStep>;

const source = z.strictObject({
  storageSource: z.strictObject({
    bucket: z.string().min(1),
    object: z.string().regex(/\.(?:zip|tar\.gz|tgz)$/, 'must be a .zip or .tar.gz archive'),
    generation: int64.exactOptional(),
    sourceFetcher: notOffered(),
  }),
  connectedRepository: notOffered(),
  developerConnectConfig: notOffered(),
  gitSource: notOffered(),
  repoSource: notOffered(),
  storageSourceManifest: notOffered(),
}) satisfies z.ZodType<cloudbuild_v1.Schema$Source>;

const options = z.strictObject({
  logging: z
    .enum(['LOGGING_UNSPECIFIED', 'LEGACY', 'GCS_ONLY', 'STACKDRIVER_ONLY', 'CLOUD_LOGGING_ONLY', 'NONE'])
    .exactOptional(),
  machineType: z
    .enum(['UNSPECIFIED', 'N1_HIGHCPU_8', 'N1_HIGHCPU_32', 'E2_HIGHCPU_8', 'E2_HIGHCPU_32', 'E2_MEDIUM'])
    .exactOptional(),
  diskSizeGb: int64.refine((text) => Number(text) <= 4000, 'must not exceed 4000').exactOptional(),
  pubsubTopic: z
    .string()
    .regex(/^projects\/[^/]+\/topics\/[^/]+$/, 'expected projects/P/topics/T')
    .exactOptional(),
  substitutionOption: z.enum(['MUST_MATCH', 'ALLOW_LOOSE']).exactOptional(),
  defaultLogsBucketBehavior: z
    .enum(['DEFAULT_LOGS_BUCKET_BEHAVIOR_UNSPECIFIED', 'REGIONAL_USER_OWNED_BUCKET', 'LEGACY_BUCKET'])
    .exactOptional(),
  logStreamingOption: z.enum(['STREAM_DEFAULT', 'STREAM_ON', 'STREAM_OFF']).exactOptional(),
  requestedVerifyOption: z.enum(['NOT_VERIFIED', 'VERIFIED']).exactOptional(),
  automapSubstitutions: notOffered(),
  dynamicSubstitutions: notOffered(),
  enableStructuredLogging: notOffered(),
  env: notOffered(),
  pool: notOffered(),
  secretEnv: notOffered(),
  sourceProvenanceHash: notOffered(),
  volumes: notOffered(),
  workerPool: notOffered(),
}) satisfies z.ZodType<cloudbuild_v1.Schema$BuildOptions>;

const newBuild = ignoring(
  OUTPUT_FIELDS,
  z.strictObject({
    source: source.exactOptional(),
    steps: z.array(step).min(1, 'a build needs at least one step'),
    images: z.array(z.string()).max(100).exactOptional(),
    tags: z
      .array(z.string().regex(/^\w[\w.-]{0,127}$/, 'tags must match [\\w][\\w.-]{0,127}'))
      .max(64)
      .exactOptional(),
    substitutions: z
      .record(z.string().regex(/^_[A-Z0-9_]+$/, 'the key must match ^_[A-Z0-9_]+$'), z.string().max(4000))
      .exactOptional(),
    timeout: duration.refine((text) => Number.parseFloat(text) <= 86_400, 'at most 24 hours').exactOptional(),
    queueTtl: duration.exactOptional(),
    serviceAccount: z
      .string()
      .regex(/^projects\/[^/]+\/serviceAccounts\/[^/]+$/, 'expected projects/P/serviceAccounts/A')
      .exactOptional(),
    logsBucket: z.string().exactOptional(),
    options: options.exactOptional(),
    artifacts: notOffered(),
    availableSecrets: notOffered(),
    dependencies: notOffered(),
    gitConfig: notOffered(),
    secrets: notOffered(),
  }),
).refine(
  ({serviceAccount, ...build}) => serviceAccount === undefined || choosesLogs(build),
  "if 'build.service_account' is specified, the build must either (a) specify 'build.logs_bucket', (b) use the REGIONAL_USER_OWNED_BUCKET build.options.default_logs_bucket_behavior option, or (c) use either CLOUD_LOGGING_ONLY / NONE logging options",
) satisfies z.ZodType<Build>;

export type NewBuild = z.output<typeof newBuild>;

/**
 * Reads the body of a create request.
 * @throws ApiError INVALID_ARGUMENT naming each unknown, wrong or contradictory field.
 */
export function parseNewBuild(body: unknown): NewBuild {
  return parseRequest(newBuild, body);
}

/** Builds under an account of one's own write no logs to Google's bucket. */
function choosesLogs({logsBucket, options}: Build): boolean {
  return (
    logsBucket !== undefined ||
    options?.defaultLogsBucketBehavior === 'REGIONAL_USER_OWNED_BUCKET' ||
    ['CLOUD_LOGGING_ONLY', 'STACKDRIVER_ONLY', 'NONE'].includes(options?.logging ?? '')
  );
}
