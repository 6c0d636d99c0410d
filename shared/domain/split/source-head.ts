import {PermanentError} from '../../errors.ts';
import type {RecordKey} from './bigquery-sql.ts';
import {readHead} from './csv-head.ts';
import {parseHeader} from './csv-header.ts';
import {contentOf} from './csv-records.ts';
import {byteOrderMarkLength} from './file-text.ts';
import {assertHeaderLength} from './header-limit.ts';
import {columnsOf} from './json-line.ts';
import {MAX_RECORD_BYTES} from './record-cutter.ts';
import type {SplitDefinition} from './split-definition.ts';

/** Enough of a file to hold its first record. */
export const HEAD_BYTES = MAX_RECORD_BYTES;

/** What the beginning of a file says about all of it. */
export interface SourceHead {
  readonly key: RecordKey;
  /** Of a CSV, ended by a line feed; empty in JSON Lines. */
  readonly header: Buffer;
  /** Of JSON Lines; a CSV has its header. */
  readonly columns?: readonly string[];
  /** Lines before the first record. */
  readonly headerLines: number;
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const LINE_FEED = Buffer.from('\n');

/**
 * @param bytes the first `HEAD_BYTES` of the file, or all of it
 * @throws PermanentError when this cannot be the definition's data, or cannot be split line by line
 */
export function readSourceHead(bytes: Buffer, definition: SplitDefinition): SourceHead {
  if (bytes.subarray(0, GZIP.length).equals(GZIP)) {
    throw new PermanentError('GZIP_TOO_LARGE', 'The object is gzip, and too large to be split here.', {
      where: 'byte 0',
      hint: 'Upload it uncompressed, for BigQuery splits plain text of this size; or up to 5 GiB of gzip when MILLRACE_SPLIT_INLINE_LIMIT allows as much.',
    });
  }
  const mark = byteOrderMarkLength(bytes);
  return definition.data.format === 'csv'
    ? csvHead(bytes.subarray(mark), definition)
    : jsonHead(bytes, mark, definition);
}

function csvHead(bytes: Buffer, definition: SplitDefinition): SourceHead {
  const {delimiter} = definition.data;
  const isLast = bytes.length < HEAD_BYTES;
  const {header, line} = readHead(bytes, delimiter, {line: 1, isLast});
  if (header === undefined) {
    assertHeaderLength(bytes.length, 'line 1');
    throw new PermanentError('DATA_NO_ROWS', 'The file has no rows.', {
      hint: 'Upload a file with data below its header.',
    });
  }
  const {key} = parseHeader(header, definition);
  return {
    key: key === undefined ? {kind: 'row', delimiter} : {kind: 'csv', delimiter, columns: key},
    header: Buffer.concat([contentOf(header), LINE_FEED]),
    headerLines: line - 1,
  };
}

function jsonHead(bytes: Buffer, mark: number, definition: SplitDefinition): SourceHead {
  if (mark > 0) {
    throw new PermanentError('JSONL_SYNTAX', 'The first line begins with a byte order mark.', {
      where: 'line 1',
      hint: 'Remove the first three bytes: in JSON Lines of this size they would belong to the record.',
    });
  }
  const lines = bytes.toString('utf8').split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const columns = columnsOf(Buffer.from(lines[first] ?? ''), first + 1, definition);
  return {key: jsonKey(definition), header: Buffer.alloc(0), columns, headerLines: 0};
}

/** The key of records that are JSON objects. */
export function jsonKey({split}: SplitDefinition): RecordKey {
  return split.key === 'row' ? {kind: 'row'} : {kind: 'json', paths: split.key};
}
