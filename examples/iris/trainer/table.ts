import {InputError} from './input-error.ts';

/** Numbers with a word to predict. */
export interface Table {
  /** Without the label. */
  readonly columns: readonly string[];
  /** null where a value is missing. */
  readonly rows: readonly (readonly (number | null)[])[];
  readonly labels: readonly string[];
}

/** @throws InputError for a file that is not a plain table of numbers with a filled label column */
export function parseTable(text: string, path: string, label: string): Table {
  const [header = [], ...records] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split(','));
  const place = header.indexOf(label);
  if (place < 0)
    throw new InputError(`${path} has no column "${label}" (--label); found: ${header.join(', ')}`);
  if (records.length === 0) throw new InputError(`${path} has no rows`);
  const without = <T>(cells: readonly T[]) => cells.filter((_, index) => index !== place);
  return {
    columns: without(header),
    rows: records.map((record, index) => {
      if (record.length !== header.length || record[place] === '')
        throw new InputError(`${path}, row ${index + 1}: fields are missing, or the label is`);
      return without(record).map((cell) => numberOf(cell, `${path}, row ${index + 1}`));
    }),
    labels: records.map((record) => record[place] ?? ''),
  };
}

function numberOf(cell: string, where: string): number | null {
  if (cell === '') return null;
  const value = Number(cell);
  if (!Number.isFinite(value)) throw new InputError(`${where}: "${cell}" is no number`);
  return value;
}
