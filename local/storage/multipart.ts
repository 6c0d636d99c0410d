import {DelimitedReader} from './delimited-reader.ts';
import {invalid} from './errors.ts';

/** An upload of two parts: the object's metadata and its bytes, which are still to be read. */
export interface Multipart {
  readonly metadata: string;
  /** The second part's own content type. */
  readonly contentType: string | undefined;
  /** Fails with ApiError 400 at its end when the closing boundary is missing. */
  readonly media: AsyncIterable<Buffer>;
}

/**
 * The boundary in a content type: bare, in double quotes, or in single quotes as gcloud and gsutil write it.
 * @throws ApiError 400 when there is none.
 */
export function boundaryOf(contentType: string | undefined): string {
  const [, double, single, bare] =
    /^multipart\/related\s*;.*?\bboundary=(?:"([^"]+)"|'([^']+)'|([^\s;]+))/i.exec(contentType ?? '') ?? [];
  const boundary = double ?? single ?? bare;
  if (boundary === undefined) throw invalid('A multipart upload needs multipart/related with a boundary.');
  return boundary;
}

/**
 * Reads a multipart upload up to its bytes. The first line tells whether lines end with CRLF or, as gcloud and gsutil
 * write them, with LF alone. The line end before a boundary belongs to the boundary, so bytes may end with one of their own.
 * @throws ApiError 400 for a malformed body.
 */
export async function parseMultipart(chunks: AsyncIterator<Buffer>, boundary: string): Promise<Multipart> {
  const reader = new DelimitedReader(chunks);
  await reader.textBefore(`--${boundary}`);
  const eol = (await reader.textBefore('\n')) === '\r' ? '\r\n' : '\n';
  await readHeaders(reader, eol);
  const metadata = await reader.textBefore(`${eol}--${boundary}`);
  if ((await reader.textBefore(eol)) !== '') throw invalid('A multipart upload has two parts.');
  const headers = await readHeaders(reader, eol);
  return {
    metadata,
    contentType: headers.get('content-type'),
    media: reader.bytesBefore(`${eol}--${boundary}--`),
  };
}

async function readHeaders(reader: DelimitedReader, eol: string): Promise<Map<string, string>> {
  const headers = new Map<string, string>();
  for (;;) {
    const line = await reader.textBefore(eol);
    if (line === '') return headers;
    const [name = '', ...value] = line.split(':');
    headers.set(name.trim().toLowerCase(), value.join(':').trim());
  }
}
