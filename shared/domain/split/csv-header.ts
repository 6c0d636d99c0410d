import {PermanentError} from '../../errors.ts';
import {columnMissing} from './column-missing.ts';
import {type CsvRecord, fieldOf} from './csv-records.ts';
import {excerpt} from './excerpt.ts';
import {assertColumnCount, assertDelimited, assertHeaderLength} from './header-limit.ts';
import type {SplitDefinition} from './split-definition.ts';

/** What the header of a CSV file says about every record. */
export interface CsvHeader {
  readonly columns: readonly string[];
  /** Index of the label's column. */
  readonly label: number;
  /** Indices of the key's columns, in the key's order; undefined when the whole row is the key. */
  readonly key: readonly number[] | undefined;
}

/**
 * Names are taken as they stand: neither trimmed nor compared without case.
 * @throws PermanentError CSV_QUOTE, HEADER_TOO_LARGE, TOO_MANY_COLUMNS, COLUMN_BLANK, COLUMN_DUPLICATE, DELIMITER_SUSPECT or COLUMN_MISSING
 */
export function parseHeader(record: CsvRecord, {data, split}: SplitDefinition): CsvHeader {
  const where = `line ${record.line}`;
  if (record.isBroken) {
    throw new PermanentError('CSV_QUOTE', 'In the header, text follows the closing quote of a column name.', {
      where,
      hint: 'Inside a quoted name write a quote as "".',
    });
  }
  assertHeaderLength(record.bytes.length, where);
  assertColumnCount(record.fieldEnds.length, where);
  const columns = record.fieldEnds.map((_, index) => String(fieldOf(record, index)));
  assertNamed(columns, where);
  assertDistinct(columns, where);
  const indexOf = (name: string, setting: string): number => {
    const index = columns.indexOf(name);
    if (index >= 0) return index;
    assertDelimited(columns, where);
    throw columnMissing({name, setting, found: columns, where});
  };
  return {
    columns,
    label: indexOf(data.label, 'data.label'),
    key: split.key === 'row' ? undefined : split.key.map((name) => indexOf(name, 'split.key')),
  };
}

function assertNamed(columns: readonly string[], where: string): void {
  const blank = columns.findIndex((name) => name.trim() === '');
  if (blank < 0) return;
  throw new PermanentError('COLUMN_BLANK', `Column ${blank + 1} of ${columns.length} has no name.`, {
    where,
    hint: 'Give every column a name, or remove a delimiter too many from the header.',
  });
}

function assertDistinct(columns: readonly string[], where: string): void {
  const seen = new Set<string>();
  for (const name of columns) {
    if (seen.has(name)) {
      throw new PermanentError('COLUMN_DUPLICATE', `The header names the column ${excerpt(name)} twice.`, {
        where,
        hint: 'Rename or remove one of the two.',
      });
    }
    seen.add(name);
  }
}
