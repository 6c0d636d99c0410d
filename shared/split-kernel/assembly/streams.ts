import {copyBytes, SPARE} from './copy';
import {fingerprint64} from './fingerprint';
import {highestKey, look} from './sample';

/** Streams 0, 1 and 2 are the parts. */
const REJECTS: u32 = 3;
const STREAMS = 4;
const MAX_BUCKETS = 1000;
const MAX_REJECTS_TOLD = 10;

const buffers = new StaticArray<usize>(STREAMS);
const lengths = new StaticArray<usize>(STREAMS);
const rows = new StaticArray<f64>(STREAMS);
/** Bytes that were taken. */
const bytesTaken = new StaticArray<f64>(STREAMS);
const bucketParts = new StaticArray<u32>(MAX_BUCKETS);
const bucketRows = new StaticArray<f64>(MAX_BUCKETS);
const rejectLines = new StaticArray<f64>(MAX_REJECTS_TOLD);
const rejectReasons = new StaticArray<u32>(MAX_REJECTS_TOLD);
let buckets: u32 = 0;
let rejectsTold: u32 = 0;

/** @param capacity in bytes, of each stream's buffer: what is added between two calls of `clearStream` must fit */
export function allocateStreams(capacity: usize): void {
  for (let stream = 0; stream < STREAMS; stream += 1) {
    unchecked((buffers[stream] = heap.alloc(capacity + SPARE)));
  }
}

/** Says which part the next bucket belongs to. */
export function addBucket(part: u32): void {
  unchecked((bucketParts[buckets] = part));
  buckets += 1;
}

/** Counts a record and copies it to the part that its key's hash points at; returns the part. */
export function route(record: usize, recordEnd: usize, key: usize, keyLength: usize): u32 {
  const fingerprint = fingerprint64(key, keyLength);
  const bucket = bucketOf(fingerprint);
  unchecked((bucketRows[bucket] += 1));
  const part = unchecked(bucketParts[bucket]);
  unchecked((rows[part] += 1));
  append(part, record, recordEnd);
  if (fingerprint <= highestKey) {
    const end = unchecked(buffers[part]) + unchecked(lengths[part]);
    look(part, fingerprint, end - (recordEnd - record), end);
  }
  return part;
}

/** Counts a malformed record and copies it to the rejects. */
export function reject(record: usize, recordEnd: usize, line: f64, reason: u32): void {
  unchecked((rows[REJECTS] += 1));
  append(REJECTS, record, recordEnd);
  if (rejectsTold === MAX_REJECTS_TOLD) return;
  unchecked((rejectLines[rejectsTold] = line));
  unchecked((rejectReasons[rejectsTold] = reason));
  rejectsTold += 1;
}

/** Copies a header to each part; it is no row. */
export function copyHeader(header: usize, end: usize): void {
  for (let part: u32 = 0; part < REJECTS; part += 1) append(part, header, end);
}

function append(stream: u32, record: usize, recordEnd: usize): void {
  const length = unchecked(lengths[stream]);
  copyBytes(unchecked(buffers[stream]) + length, record, recordEnd - record);
  unchecked((lengths[stream] = length + recordEnd - record));
}

/** BigQuery's MOD(ABS(fingerprint), buckets); the one fingerprint without an absolute value has bucket 0. */
function bucketOf(fingerprint: u64): u32 {
  const signed = fingerprint as i64;
  if (signed === i64.MIN_VALUE) return 0;
  // The absolute value without a branch: nothing could predict it.
  const sign = signed >> 63;
  const magnitude = ((signed ^ sign) - sign) as u64;
  return (magnitude % (buckets as u64)) as u32;
}

export function streamBuffer(stream: u32): usize {
  return unchecked(buffers[stream]);
}

export function streamLength(stream: u32): usize {
  return unchecked(lengths[stream]);
}

export function clearStream(stream: u32): void {
  unchecked((bytesTaken[stream] += lengths[stream] as f64));
  unchecked((lengths[stream] = 0));
}

export function streamBytes(stream: u32): f64 {
  return unchecked(bytesTaken[stream]);
}

export function streamRows(stream: u32): f64 {
  return unchecked(rows[stream]);
}

export function rowsOfBucket(bucket: u32): f64 {
  return unchecked(bucketRows[bucket]);
}

export function countRejectsTold(): u32 {
  return rejectsTold;
}

export function rejectLine(index: u32): f64 {
  return unchecked(rejectLines[index]);
}

export function rejectReason(index: u32): u32 {
  return unchecked(rejectReasons[index]);
}
