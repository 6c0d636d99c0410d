import type {IncomingHttpHeaders, OutgoingHttpHeaders} from 'node:http';
import type {ByteRange} from './bodies.ts';
import type {StoredObject} from './object-resource.ts';
import {parseRange} from './ranges.ts';

/** How to answer a download: which bytes, and what to say about them. */
export interface MediaAnswer {
  readonly code: 200 | 206 | 416;
  readonly headers: OutgoingHttpHeaders;
  /** Absent when the whole body is meant. */
  readonly range?: ByteRange;
  /** The body is stored gzipped and the caller does not take that. */
  readonly unzip?: boolean;
}

/** Decides the answer from what is stored and what the caller asks for. */
export function mediaAnswer(object: StoredObject, asked: IncomingHttpHeaders): MediaAnswer {
  if (isToBeUnzipped(object, asked['accept-encoding'])) {
    return {code: 200, headers: {...about(object), 'transfer-encoding': 'chunked'}, unzip: true};
  }
  const sizeBytes = Number(object.size);
  const range = parseRange(asked.range, sizeBytes);
  if (range === 'unsatisfiable') return {code: 416, headers: {'content-range': `bytes */${sizeBytes}`}};
  const headers = {...about(object), ...given({'content-encoding': object.contentEncoding})};
  if (range === 'all') return {code: 200, headers: {...headers, 'content-length': sizeBytes}};
  return {
    code: 206,
    headers: {
      ...headers,
      'content-length': range.last - range.first + 1,
      'content-range': `bytes ${range.first}-${range.last}/${sizeBytes}`,
    },
    range,
  };
}

/** @see https://cloud.google.com/storage/docs/transcoding */
function isToBeUnzipped(
  {contentEncoding, cacheControl}: StoredObject,
  accepted: string | string[] | undefined,
): boolean {
  if (contentEncoding !== 'gzip' || cacheControl?.includes('no-transform')) return false;
  return !String(accepted ?? '').includes('gzip');
}

function about(object: StoredObject): OutgoingHttpHeaders {
  const md5 = object.md5Hash === undefined ? '' : `,md5=${object.md5Hash}`;
  return {
    'accept-ranges': 'bytes',
    'last-modified': new Date(object.updated).toUTCString(),
    'x-goog-generation': object.generation,
    'x-goog-hash': `crc32c=${object.crc32c}${md5}`,
    'x-goog-metageneration': object.metageneration,
    // Without this header clients do not check the sums of what they read.
    'x-goog-stored-content-encoding': object.contentEncoding ?? 'identity',
    'x-goog-stored-content-length': object.size,
    ...given({
      'cache-control': object.cacheControl,
      'content-disposition': object.contentDisposition,
      'content-language': object.contentLanguage,
      'content-type': object.contentType,
      etag: object.etag,
      'x-goog-storage-class': object.storageClass,
    }),
  };
}

function given(headers: Readonly<Record<string, string | null | undefined>>): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}
