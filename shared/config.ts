import {z} from 'zod';

const bucketSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'a bucket name without gs://');
const rootUrlSchema = z.url({protocol: /^https?$/}).optional();

const schema = z
  .object({
    GOOGLE_CLOUD_PROJECT: z.string().min(1),
    MILLRACE_REGION: z
      .string()
      .regex(/^[a-z]+-[a-z]+\d+$/)
      .default('us-central1'),
    MILLRACE_DATA_BUCKET: bucketSchema,
    MILLRACE_RUNS_BUCKET: bucketSchema,
    MILLRACE_DATABASE: z.string().min(1).default('millrace'),
    MILLRACE_REPOSITORY: z.string().min(1).default('millrace'),
    MILLRACE_BUILDER_ACCOUNT: z.email().optional(),
    MILLRACE_TRAINER_ACCOUNT: z.email().optional(),
    MILLRACE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    // The names gcloud reads, so that one set of exports points both at another endpoint.
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD: rootUrlSchema,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY: rootUrlSchema,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM: rootUrlSchema,
  })
  .refine((env) => env.MILLRACE_DATA_BUCKET !== env.MILLRACE_RUNS_BUCKET, {
    path: ['MILLRACE_RUNS_BUCKET'],
    message: 'must differ from MILLRACE_DATA_BUCKET, or the outputs of a run would start runs',
  });

/** The settings of a deployment. Root URLs are set only when a service is not at Google's own address. */
export interface Config {
  readonly project: string;
  readonly region: string;
  readonly buckets: {readonly data: string; readonly runs: string};
  readonly database: string;
  readonly repository: string;
  readonly builderAccount: string | undefined;
  readonly trainerAccount: string | undefined;
  readonly logLevel: string;
  readonly rootUrls: {
    readonly cloudbuild: string | undefined;
    readonly artifactregistry: string | undefined;
    readonly aiplatform: string | undefined;
  };
}

/** Reads the environment strictly. @throws Error that names every wrong variable at once */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(({path, message}) => {
      const name = path.join('.');
      return `  ${name}: ${env[name] === undefined ? 'is not set' : message}`;
    });
    throw new Error(`The environment is not complete:\n${complaints.join('\n')}`);
  }
  const read = parsed.data;
  return {
    project: read.GOOGLE_CLOUD_PROJECT,
    region: read.MILLRACE_REGION,
    buckets: {data: read.MILLRACE_DATA_BUCKET, runs: read.MILLRACE_RUNS_BUCKET},
    database: read.MILLRACE_DATABASE,
    repository: read.MILLRACE_REPOSITORY,
    builderAccount: read.MILLRACE_BUILDER_ACCOUNT,
    trainerAccount: read.MILLRACE_TRAINER_ACCOUNT,
    logLevel: read.MILLRACE_LOG_LEVEL,
    rootUrls: {
      cloudbuild: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD,
      artifactregistry: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY,
      aiplatform: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM,
    },
  };
}
