import {PermanentError} from '../../errors.ts';
import {excerpt} from './excerpt.ts';

export const MAX_COLUMNS = 10_000;
export const MAX_HEADER_BYTES = 64 * 1024;

/** @throws PermanentError TOO_MANY_COLUMNS */
export function assertColumnCount(columns: number, where: string): void {
  if (columns <= MAX_COLUMNS) return;
  throw new PermanentError(
    'TOO_MANY_COLUMNS',
    `The data have ${columns} columns; at most ${MAX_COLUMNS} are read.`,
    {where, hint: 'Leave columns out, or write one row for each value: rows have no such limit.'},
  );
}

/** @throws PermanentError HEADER_TOO_LARGE */
export function assertHeaderLength(bytes: number, where: string): void {
  if (bytes <= MAX_HEADER_BYTES) return;
  throw new PermanentError(
    'HEADER_TOO_LARGE',
    `The header has ${bytes} bytes; at most ${MAX_HEADER_BYTES / 1024} KiB are read.`,
    {where, hint: 'Shorten the column names, or give the file a header: the first line looks like data.'},
  );
}

/**
 * Refuses a header that is one long column because it was written with another delimiter.
 * @throws PermanentError DELIMITER_SUSPECT
 */
export function assertDelimited([only = '', ...others]: readonly string[], where: string): void {
  if (others.length > 0) return;
  const delimiter = [',', ';', '\t', '|'].find((character) => only.includes(character));
  if (delimiter === undefined) return;
  throw new PermanentError('DELIMITER_SUSPECT', `The header looks like one column: ${excerpt(only)}.`, {
    where,
    hint: `Set data.delimiter to ${JSON.stringify(delimiter)} in pipeline.yaml.`,
  });
}
