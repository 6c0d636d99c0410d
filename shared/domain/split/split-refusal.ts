import {PermanentError} from '../../errors.ts';
import {excerpt} from './excerpt.ts';
import {isWithinLimit, limitText, type MalformedLimit} from './malformed-limit.ts';
import {bucketsOf, PARTS, type Part, type SplitDefinition, type SplitRules} from './split-definition.ts';
import type {SplitStatistics} from './split-statistics.ts';

/**
 * Refuses a split that no model can be trained, tuned and tested on.
 * @throws PermanentError DATA_NO_ROWS, ROWS_BAD_RATIO, COLUMN_ALL_NULL, PART_EMPTY or LABEL_SINGLE_CLASS
 */
export function assertUsable(statistics: SplitStatistics, {data, split}: SplitDefinition): void {
  const {parts, rejects} = statistics;
  const soundRows = PARTS.reduce((rows, part) => rows + parts[part].rows, 0);
  const allRows = soundRows + rejects.rows;
  if (allRows === 0) {
    throw new PermanentError('DATA_NO_ROWS', 'The file has no rows.', {
      hint: 'Upload a file with data below its header.',
    });
  }
  const {limit} = data.malformed;
  if (!isWithinLimit(rejects.rows, allRows, limit)) throw tooManyRejects(statistics, allRows, limit);
  assertLabelled(statistics, data.label, soundRows);
  const empty = PARTS.find((part) => parts[part].rows === 0);
  if (empty !== undefined) throw partEmpty(empty, soundRows, split);
  if (statistics.rowsOfOtherLabels === 0 && parts.training.labels.length === 1) {
    throw new PermanentError('LABEL_SINGLE_CLASS', `All ${soundRows} rows have the same label.`, {
      hint: 'There is nothing to learn from one class: check data.label, or add rows of another class.',
    });
  }
}

function assertLabelled({parts, rowsOfOtherLabels}: SplitStatistics, label: string, rows: number): void {
  if (rowsOfOtherLabels > 0 || parts.training.labels.some((entry) => entry.label.trim() !== '')) return;
  throw new PermanentError(
    'COLUMN_ALL_NULL',
    `The label column ${excerpt(label)} has no value in any of the ${rows} rows.`,
    {where: 'data.label', hint: 'Fill the column, or set data.label to the column that has the labels.'},
  );
}

function tooManyRejects({rejects}: SplitStatistics, allRows: number, limit: MalformedLimit): PermanentError {
  const [first] = rejects.first;
  const message = `${rejects.rows} of ${allRows} rows are malformed, more than ${limitText(limit)}; the first: ${first?.reason}.`;
  return new PermanentError('ROWS_BAD_RATIO', message, {
    where: `line ${first?.line}`,
    hint: 'Repair those rows, check data.format and data.delimiter, or raise data.malformed.limit.',
  });
}

function partEmpty(part: Part, rows: number, split: SplitRules): PermanentError {
  const buckets = bucketsOf(part, split);
  const which = buckets.length === 1 ? `bucket ${buckets[0]}` : `its ${buckets.length} buckets`;
  const keys =
    split.key === 'row'
      ? ''
      : ' Rows with equal keys stay together, so it is the number of different keys that counts.';
  return new PermanentError(
    'PART_EMPTY',
    `The ${part} part is empty: none of the ${rows} rows fell into ${which} of ${split.buckets}.`,
    {
      where: `split.${part}`,
      hint: `Add rows, or give the ${part} part a larger share of the buckets.${keys}`,
    },
  );
}
