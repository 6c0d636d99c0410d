import {z} from 'zod';
import {PermanentError} from '../errors.ts';
import {microsOf, parseTableUri} from './table.ts';

/** A CloudEvent, its envelope checked. */
export interface Delivery {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly data: unknown;
}

const envelopeSchema = z.object({
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  specversion: z.literal('1.0'),
  subject: z.string().optional(),
  data: z.unknown(),
});

/**
 * Checks the envelope: a request with no CloudEvent headers at all comes here as well.
 * @throws PermanentError ENVELOPE_INVALID
 */
export function deliveryOf(event: unknown): Delivery {
  const parsed = envelopeSchema.safeParse(event);
  if (!parsed.success) {
    throw new PermanentError('ENVELOPE_INVALID', `no CloudEvent 1.0: ${firstIssue(parsed.error)}`, {
      where: 'the attributes of the event',
      hint: 'Send it in binary mode with ce-id, ce-source, ce-type and ce-specversion: 1.0.',
    });
  }
  const {id, source, type, subject, data} = parsed.data;
  return {id, source, type, data, ...(subject === undefined ? {} : {subject})};
}

export const OBJECT_FINALIZED = 'google.cloud.storage.object.v1.finalized';
export const MESSAGE_PUBLISHED = 'google.cloud.pubsub.topic.v1.messagePublished';

const MAX_INT64 = 9_223_372_036_854_775_807n;

/** A generation is a positive int64; some producers send it as a number, which is exact below 2^53 only. */
export const generationSchema = z
  .union([z.string(), z.number().int().transform(String)])
  .refine((text) => /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= MAX_INT64, {
    message: 'a generation is a positive whole number',
  });

const MAX_NAME_BYTES = 1024;

/** Of a bucket and an object, as long as Cloud Storage lets them be: https://cloud.google.com/storage/docs/objects#naming */
const objectSchema = z.object({
  bucket: z.string().min(1).max(222),
  name: z
    .string()
    .min(1)
    .refine((name) => Buffer.byteLength(name) <= MAX_NAME_BYTES, {
      message: `the name of an object has at most ${MAX_NAME_BYTES} bytes`,
    }),
  generation: generationSchema,
});

/** The object a storage event is about. */
export type StorageObject = z.output<typeof objectSchema>;

/** @throws PermanentError EVENT_TYPE, EVENT_INVALID */
export function storageObjectOf(delivery: Delivery): StorageObject {
  expectType(delivery, OBJECT_FINALIZED);
  return parseData(objectSchema, delivery.data, delivery);
}

const sizeSchema = z.object({size: z.coerce.string()});

/** Does a storage event say that its object has no bytes? Some uploaders create a name first and write it in a second step. */
export function isOfEmptyObject({data}: Delivery): boolean {
  return sizeSchema.safeParse(data).data?.size === '0';
}

const pubsubSchema = z.object({
  message: z.object({
    data: z.string().default(''),
    attributes: z.record(z.string(), z.string()).default({}),
    publishTime: z.string().optional(),
  }),
});

/** What a Pub/Sub message carries: its attributes, and its bytes read as JSON. */
export interface JsonMessage<T> {
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: T;
  /** In RFC 3339, by Pub/Sub's clock. */
  readonly publishTime?: string | undefined;
}

/** @throws PermanentError EVENT_TYPE, PAYLOAD_DECODE, EVENT_INVALID */
export function messageOf<T>(schema: z.ZodType<T>, delivery: Delivery): JsonMessage<T> {
  expectType(delivery, MESSAGE_PUBLISHED);
  const {message} = parseData(pubsubSchema, delivery.data, delivery);
  const {attributes, publishTime} = message;
  return {attributes, publishTime, body: parseData(schema, decode(message.data, delivery), delivery)};
}

const PUBLISH_HINT = 'Publish it again in the form that docs/reference/events.md gives.';

function decode(data: string, delivery: Delivery): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(Buffer.from(data, 'base64')));
  } catch (error) {
    throw new PermanentError('PAYLOAD_DECODE', 'the message is not JSON in UTF-8', {
      where: describe(delivery),
      hint: PUBLISH_HINT,
      cause: error,
    });
  }
}

function expectType(delivery: Delivery, type: string): void {
  if (delivery.type === type) return;
  throw new PermanentError('EVENT_TYPE', `expected ${type}, got ${JSON.stringify(delivery.type)}`, {
    where: describe(delivery),
    hint: 'Correct the trigger: infra/functions.yaml says what starts which function.',
  });
}

function parseData<T>(schema: z.ZodType<T>, data: unknown, delivery: Delivery): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new PermanentError('EVENT_INVALID', firstIssue(parsed.error), {
    where: describe(delivery),
    hint: PUBLISH_HINT,
  });
}

function describe(delivery: Delivery): string {
  return `event ${JSON.stringify(delivery.id)} of ${JSON.stringify(delivery.source)}`;
}

function firstIssue({issues}: {readonly issues: readonly z.core.$ZodIssue[]}): string {
  const [issue] = issues;
  if (issue === undefined) return 'invalid';
  if (issue.code !== 'invalid_union' || issue.path.length > 0)
    return `${issue.path.join('.') || 'value'}: ${issue.message}`;
  // Of several forms the one that the data come nearest to is most likely meant.
  const [nearest = []] = issue.errors.toSorted((a, b) => a.length - b.length);
  return firstIssue({issues: nearest});
}

/** "Look at this run": the body of every message between stages. */
export const runMessageSchema = z.object({runId: z.string().regex(/^r[0-9a-v]{26}$/)});

/** The same, and that a canary shall have all the traffic; who has asked is believed, since only those may publish here who may. */
export const releaseMessageSchema = runMessageSchema.extend({
  promote: z
    .object({by: z.string().min(1).max(200), reason: z.string().trim().min(1).max(500)})
    .exactOptional(),
});

/** A table of BigQuery is ready. */
export const tableReadySchema = z.strictObject({
  pipeline: z.string().min(1),
  table: z.string().refine((uri) => parseTableUri(uri) !== undefined, 'expected bq://project.dataset.table'),
  /** The instant to read the table at; that of the message when absent. */
  snapshot: z
    .string()
    .refine((text) => microsOf(text) !== undefined, 'expected an instant such as 2026-01-31T12:00:00Z')
    .optional(),
});

/** A message from another system that an object is ready, for uploads that no bucket event tells of, or a table of BigQuery. */
export const dataReadySchema = z.union([objectSchema, tableReadySchema]);

export type TableReady = z.output<typeof tableReadySchema>;

/** Cloud Build's own notification; only the id is believed, everything else is read from the service. */
export const buildMessageSchema = z.object({id: z.string().min(1), name: z.string().optional()});

/** A log entry of the job service as the sink exports it; only the job id is believed. */
export const jobLogSchema = z.object({
  resource: z.object({
    labels: z.union([
      z.object({job_id: z.string().regex(/^\w+$/)}),
      z
        .object({pipeline_job_id: z.string().regex(/^[a-z][-a-z0-9]{0,127}$/)})
        .transform(({pipeline_job_id: id}) => ({job_id: id})),
    ]),
  }),
});
