import {z} from 'zod';
import {PermanentError} from '../errors.ts';

/** A CloudEvent as the functions framework hands it over, its envelope checked. */
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
 * Checks the envelope: the framework also calls a handler for a request with no CloudEvent headers at all.
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

const objectSchema = z.object({
  bucket: z.string().min(1),
  name: z.string().min(1),
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
  }),
});

/** What a Pub/Sub message carries: its attributes, and its bytes read as JSON. */
export interface JsonMessage<T> {
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: T;
}

/** @throws PermanentError EVENT_TYPE, PAYLOAD_DECODE, EVENT_INVALID */
export function messageOf<T>(schema: z.ZodType<T>, delivery: Delivery): JsonMessage<T> {
  expectType(delivery, MESSAGE_PUBLISHED);
  const {message} = parseData(pubsubSchema, delivery.data, delivery);
  return {attributes: message.attributes, body: parseData(schema, decode(message.data, delivery), delivery)};
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

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'invalid' : `${issue.path.join('.') || 'value'}: ${issue.message}`;
}

/** "Look at this run": the body of every message between stages. */
export const runMessageSchema = z.object({runId: z.string().regex(/^r[0-9a-v]{26}$/)});

/** A message from another system that an object is ready, for uploads that no bucket event tells of. */
export const dataReadySchema = objectSchema;

/** Cloud Build's own notification; only the id is believed, everything else is read from the service. */
export const buildMessageSchema = z.object({id: z.string().min(1), name: z.string().optional()});

/** A log entry of the job service as the sink exports it; only the job id is believed. */
export const jobLogSchema = z.object({
  resource: z.object({labels: z.object({job_id: z.string().regex(/^\d+$/)})}),
});
