import {invalid} from './errors.ts';

const CHUNK_UNIT_BYTES = 256 * 1024;

/** What one request adds to a resumable upload. */
export interface UploadRange {
  /** Absent in a status query, which carries no bytes. */
  readonly first: number | undefined;
  /** Absent when the bytes go on to the end of the request. */
  readonly last: number | undefined;
  /** The whole object's size; absent while the client does not know it. */
  readonly totalBytes: number | undefined;
}

/**
 * Reads a `Content-Range`: `bytes A-B/T`, `bytes A-*` + `/T`, or a status query `bytes *` + `/T`, where T may be `*`.
 * No header means the whole object.
 * @throws ApiError 400 for anything else.
 * @see https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export function parseUploadRange(header: string | undefined): UploadRange {
  if (header === undefined) return {first: 0, last: undefined, totalBytes: undefined};
  const match = /^bytes (?:\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header);
  if (match === null) throw invalid(`Failed to parse Content-Range header: ${header}`);
  const [, first, last, total] = match;
  return {first: numberOf(first), last: numberOf(last), totalBytes: numberOf(total)};
}

/** @throws ApiError 400 for a range that leaves a gap or a chunk, other than the last, of an odd size. */
export function demandContinues(range: UploadRange, receivedBytes: number): void {
  const {first = 0, last, totalBytes} = range;
  if (first > receivedBytes) {
    throw invalid(
      `Invalid request. According to the Content-Range header, the upload offset is ${first} byte(s), ` +
        `which exceeds already uploaded size of ${receivedBytes} byte(s).`,
    );
  }
  if (last === undefined || last + 1 === totalBytes) return;
  if ((last - first + 1) % CHUNK_UNIT_BYTES !== 0) {
    throw invalid(`Invalid request. Chunks other than the last are multiples of ${CHUNK_UNIT_BYTES} bytes.`);
  }
}

/**
 * Whether an upload that has `receivedBytes` after this request is whole.
 * @throws ApiError 400 when there are more bytes than the client says the object has.
 */
export function isWhole({first, last, totalBytes}: UploadRange, receivedBytes: number): boolean {
  if (totalBytes === undefined) return first !== undefined && last === undefined;
  if (receivedBytes > totalBytes) {
    throw invalid(`Invalid request. ${receivedBytes} bytes were uploaded for an object of ${totalBytes}.`);
  }
  return receivedBytes === totalBytes;
}

/**
 * The bytes of a request the upload does not have yet; a client may repeat some.
 * @throws ApiError 400 when the request has more or fewer bytes than its range says.
 */
export async function* newBytes(
  chunks: AsyncIterable<Buffer>,
  range: UploadRange,
  receivedBytes: number,
): AsyncGenerator<Buffer> {
  let at = range.first ?? 0;
  for await (const chunk of chunks) {
    const start = at;
    at += chunk.length;
    if (range.last !== undefined && at > range.last + 1) break;
    if (at > receivedBytes) yield chunk.subarray(Math.max(0, receivedBytes - start));
  }
  if (range.last !== undefined && at !== range.last + 1) {
    throw invalid(`Invalid request. The bytes in the request do not fit the Content-Range header.`);
  }
}

function numberOf(part: string | undefined): number | undefined {
  return part === undefined || part === '*' ? undefined : Number(part);
}
