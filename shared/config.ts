import {z} from 'zod';
import {LIST_PRICES} from './domain/list-prices.ts';
import {type CountedKind, JOB_SUBMISSIONS} from './domain/permits.ts';
import {type Prices, pricesSchema} from './domain/prices.ts';
import {MAX_INLINE_BYTES} from './domain/split/size-limit.ts';

const bucketSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'a bucket name without gs://');
const urlSchema = z.url({protocol: /^https?$/}).optional();

/** General-purpose machines of at most 16 processors; what costs more a deployment has to allow. */
const MACHINE_TYPES = [
  ...['n1-standard', 'n1-highmem', 'e2-standard', 'e2-highmem'].flatMap((series) =>
    [2, 4, 8, 16].map((processors) => `${series}-${processors}`),
  ),
  'mls1-c1-m2',
  'mls1-c4-m2',
].join(',');

const countSchema = z.coerce.number().int().min(1).max(1000);

const jsonSchema = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('expected JSON');
    return z.NEVER;
  }
});

const schema = z
  .object({
    GOOGLE_CLOUD_PROJECT: z.string().min(1),
    PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
    HOST: z.string().min(1).default('0.0.0.0'),
    MILLRACE_REGION: z
      .string()
      .regex(/^[a-z]+-[a-z]+\d+$/)
      .default('us-central1'),
    MILLRACE_DATA_BUCKET: bucketSchema,
    MILLRACE_RUNS_BUCKET: bucketSchema,
    MILLRACE_ADMISSION_BUCKET: bucketSchema,
    MILLRACE_DATABASE: z.string().min(1).default('millrace'),
    MILLRACE_REPOSITORY: z.string().min(1).default('millrace'),
    MILLRACE_BUILDER_ACCOUNT: z.email().optional(),
    MILLRACE_TRAINER_ACCOUNT: z.email().optional(),
    MILLRACE_AUDIENCE: z.string().min(1).optional(),
    MILLRACE_INVOKERS: z
      .string()
      .transform((list) => list.split(','))
      .refine((list) => list.every((address) => z.email().safeParse(address).success), {
        message: 'e-mail addresses with commas between them',
      })
      .optional(),
    MILLRACE_CERTIFICATES_URL: urlSchema,
    MILLRACE_PLATFORM_VERIFIES_TOKENS: z.stringbool().default(false),
    MILLRACE_RERUN_URL: urlSchema,
    MILLRACE_MAX_BUILDS: countSchema.default(10),
    MILLRACE_MAX_TUNING_JOBS: countSchema.default(20),
    MILLRACE_MAX_TRAINING_JOBS: countSchema.default(20),
    MILLRACE_JOB_SUBMISSIONS: z.coerce.number().int().min(5).max(100_000).default(JOB_SUBMISSIONS),
    MILLRACE_SPLIT_INLINE_LIMIT: z.coerce
      .number()
      .int()
      .positive()
      .max(MAX_INLINE_BYTES)
      .default(MAX_INLINE_BYTES),
    MILLRACE_MACHINE_TYPES: z
      .string()
      .regex(/^[a-z0-9-]+(,[a-z0-9-]+)*$/, 'machine types with commas between them')
      .default(MACHINE_TYPES),
    MILLRACE_TABLE_DATASETS: z
      .string()
      .regex(/^[\w-]+\.\w+(,[\w-]+\.\w+)*$/, 'project.dataset, several with commas')
      .optional(),
    MILLRACE_PRICES: jsonSchema.pipe(pricesSchema).optional(),
    MILLRACE_TRACES: z
      .literal('console')
      .or(z.url({protocol: /^https?$/}))
      .optional(),
    MILLRACE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    // The name the client libraries read.
    PUBSUB_EMULATOR_HOST: z
      .string()
      .regex(/^[\w.-]+:\d+$/, 'host:port')
      .optional(),
    // The names gcloud reads, so that one set of exports points both at another endpoint.
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD: urlSchema,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY: urlSchema,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM: urlSchema,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_ML: urlSchema,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWEXECUTIONS: urlSchema,
  })
  .refine((env) => env.MILLRACE_DATA_BUCKET !== env.MILLRACE_RUNS_BUCKET, {
    path: ['MILLRACE_RUNS_BUCKET'],
    message: 'must differ from MILLRACE_DATA_BUCKET, or the outputs of a run would start runs',
  })
  .refine(
    (env) => ![env.MILLRACE_DATA_BUCKET, env.MILLRACE_RUNS_BUCKET].includes(env.MILLRACE_ADMISSION_BUCKET),
    {
      path: ['MILLRACE_ADMISSION_BUCKET'],
      message: 'must be a bucket of its own: whoever may delete in it can start a job twice',
    },
  );

/** The settings of a deployment. Root URLs are set only when a service is not at Google's own address. */
export interface Config {
  readonly project: string;
  readonly region: string;
  /** Where a function waits for its requests. */
  readonly listen: {readonly host: string; readonly port: number};
  readonly buckets: {readonly data: string; readonly runs: string; readonly admission: string};
  readonly database: string;
  readonly repository: string;
  readonly builderAccount: string | undefined;
  readonly trainerAccount: string | undefined;
  /** What an identity token for an HTTP function must be made out to. */
  readonly audience: string | undefined;
  /** The e-mail addresses of those who may call the HTTP functions. */
  readonly invokers: readonly string[];
  /** Where the certificates of Google's token signers are, when not at Google's own address. */
  readonly certificatesUrl: string | undefined;
  /** Nobody reaches the HTTP functions but through Cloud Run's own check, which takes the signature off a token. */
  readonly platformVerifiesTokens: boolean;
  /** Where commands find the function `rerun`. */
  readonly rerunUrl: string | undefined;
  /** How many builds and jobs may be under way at one time. */
  readonly permits: Readonly<Record<CountedKind, number>>;
  /** How many jobs Vertex AI takes in a minute. */
  readonly jobSubmissions: number;
  /** The machine types that a pipeline may ask for. */
  readonly machineTypes: readonly string[];
  readonly sources: {
    readonly inlineBytes: number;
    readonly datasets: readonly string[];
  };
  /** What builds, jobs and servers are taken to cost. */
  readonly prices: Prices;
  /** Where spans go: `console`, or the address of a collector that takes OTLP over HTTP. */
  readonly traces: string | undefined;
  readonly logLevel: string;
  /** `host:port` of a Pub/Sub that is not Google's. */
  readonly pubsubHost: string | undefined;
  readonly rootUrls: {
    readonly cloudbuild: string | undefined;
    readonly artifactregistry: string | undefined;
    readonly aiplatform: string | undefined;
    /** AI Platform has no address of Google's any more: without this one there is no such platform. */
    readonly ml: string | undefined;
    readonly workflowexecutions: string | undefined;
  };
}

/** Reads the environment strictly. @throws Error that names every wrong variable at once */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(({path, message}) => {
      const name = path.join('.');
      return `  ${name}: ${env[String(path[0])] === undefined ? 'is not set' : message}`;
    });
    throw new Error(`The environment is not complete:\n${complaints.join('\n')}`);
  }
  const read = parsed.data;
  return {
    project: read.GOOGLE_CLOUD_PROJECT,
    region: read.MILLRACE_REGION,
    listen: {host: read.HOST, port: read.PORT},
    buckets: {
      data: read.MILLRACE_DATA_BUCKET,
      runs: read.MILLRACE_RUNS_BUCKET,
      admission: read.MILLRACE_ADMISSION_BUCKET,
    },
    database: read.MILLRACE_DATABASE,
    repository: read.MILLRACE_REPOSITORY,
    builderAccount: read.MILLRACE_BUILDER_ACCOUNT,
    trainerAccount: read.MILLRACE_TRAINER_ACCOUNT,
    audience: read.MILLRACE_AUDIENCE,
    invokers: read.MILLRACE_INVOKERS ?? [],
    certificatesUrl: read.MILLRACE_CERTIFICATES_URL,
    platformVerifiesTokens: read.MILLRACE_PLATFORM_VERIFIES_TOKENS,
    rerunUrl: read.MILLRACE_RERUN_URL,
    permits: {
      build: read.MILLRACE_MAX_BUILDS,
      tuning: read.MILLRACE_MAX_TUNING_JOBS,
      training: read.MILLRACE_MAX_TRAINING_JOBS,
    },
    jobSubmissions: read.MILLRACE_JOB_SUBMISSIONS,
    machineTypes: read.MILLRACE_MACHINE_TYPES.split(','),
    sources: {
      inlineBytes: read.MILLRACE_SPLIT_INLINE_LIMIT,
      datasets: read.MILLRACE_TABLE_DATASETS?.split(',') ?? [],
    },
    prices: read.MILLRACE_PRICES ?? LIST_PRICES,
    traces: read.MILLRACE_TRACES,
    logLevel: read.MILLRACE_LOG_LEVEL,
    pubsubHost: read.PUBSUB_EMULATOR_HOST,
    rootUrls: {
      cloudbuild: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD,
      artifactregistry: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY,
      aiplatform: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM,
      ml: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_ML,
      workflowexecutions: read.CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWEXECUTIONS,
    },
  };
}
