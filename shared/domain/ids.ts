import {createHash} from 'node:crypto';

/** What started a run: one generation of one object; `epoch` counts authorised reruns of it. */
export interface Drop {
  readonly bucket: string;
  readonly name: string;
  /** Decimal digits; near 2^51, so never a JavaScript number. */
  readonly generation: string;
  readonly epoch: number;
}

/** Run ids follow from their causes, so a redelivered event finds its own run. 27 characters, valid as document id, label value and Docker tag. */
export function runIdOf({bucket, name, generation, epoch}: Drop): string {
  return `r${digest26([bucket, name, generation, epoch])}`;
}

/** The identity of an object across its generations. */
export function dropIdOf({bucket, name}: Pick<Drop, 'bucket' | 'name'>): string {
  return `d${digest26([bucket, name])}`;
}

/** The identity of an event or object that cannot become a run: seen twice, it is one reject. */
export function rejectIdOf(source: string, id: string): string {
  return `x${digest26([source, id])}`;
}

/** A batch prediction: the same version asked about the same generation of an object is the same one. */
export function batchIdOf({bucket, name, generation}: Omit<Drop, 'epoch'>, version: string): string {
  return `b${digest26([bucket, name, generation, version])}`;
}

/** The trace that all stages, retries and repairs of a run belong to: 32 hex digits, as W3C Trace Context has them. */
export function traceIdOf(runId: string): string {
  return sha256Hex(JSON.stringify(['trace', runId])).slice(0, 32);
}

/** The span of that trace that all others are in: the run itself, of which nobody is awake from start to end to record it. */
export function spanIdOfRun(runId: string): string {
  return sha256Hex(JSON.stringify(['span', runId])).slice(0, 16);
}

/** One effect of one run: `<run>-<name>`, at most 44 characters of `[a-z0-9-]`. */
export function effectKeyOf(runId: string, effect: string): string {
  return `${runId}-${effect}`;
}

/** Vertex AI accepts a caller's `deployedModel.id` of 1–10 digits; deriving it from the run makes a second deployment detectable. */
export function deployedModelIdOf(runId: string): string {
  const bits = createHash('sha256').update(runId).digest().readUInt32BE(0);
  return String(bits);
}

/** Where a version is asked before it gets traffic: nobody else knows this endpoint. */
export function checkEndpointOf(endpoint: string): string {
  return `${endpoint}-check`;
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** 126 bits of SHA-256 over a JSON array, which no separator in a user's text can confuse; base32hex in lower case. */
function digest26(parts: readonly (string | number)[]): string {
  return BigInt(`0x${sha256Hex(JSON.stringify(parts))}`)
    .toString(32)
    .padStart(52, '0')
    .slice(0, 26);
}
