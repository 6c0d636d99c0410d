import {z} from 'zod';
import {estimateDuplicates} from './duplicates.ts';
import {type KeyForms, keyReader} from './key-forms.ts';
import type {RecordCopy, RecordSample, SampledRecord} from './record-sample.ts';
import {PARTS, type SplitDefinition} from './split-definition.ts';
import type {SplitStatistics} from './split-statistics.ts';

const countSchema = z.int().nonnegative();

/** Whether the same thing is in several parts, by records that were read again as they stand in their parts. */
export const keyLeakageSchema = z.strictObject({
  sentence: z.string().describe('The findings in plain words.'),
  looked: z
    .strictObject({
      first: countSchema.describe('Rows at the beginning of the file.'),
      sampled: countSchema.describe('Different records from all over the file, equal ones sampled together.'),
      share: z.number().describe('The chance of a record to be sampled: 1, or a power of a half.'),
      keys: countSchema.describe('Different keys of all these.'),
    })
    .describe('The records that were read again.'),
  keysInSeveralParts: countSchema.describe('Of the keys looked at; 0, or the split is wrong.'),
  duplicates: z
    .strictObject({
      sampled: countSchema.describe('Rows that repeat a sampled record.'),
      estimate: countSchema.describe('The same for the whole file.'),
      standardError: countSchema.describe('Of the estimate; 0 when all records were counted.'),
    })
    .describe(
      'Rows that repeat another row byte for byte but for the line end; they are in the part of that row.',
    ),
  respelled: z
    .strictObject({
      keys: countSchema.describe('Keys looked at that come in several forms.'),
      inSeveralParts: countSchema.describe('Of them, those in several parts.'),
    })
    .describe('Keys that differ in their form only: quotes, spaces around a value, spelling of a number.'),
});

export type KeyLeakage = z.output<typeof keyLeakageSchema>;

/** @param statistics of the same split as the sample */
export function checkKeys(
  sample: RecordSample,
  definition: SplitDefinition,
  statistics: Pick<SplitStatistics, 'columns' | 'parts'>,
): KeyLeakage {
  const rows = PARTS.reduce((total, part) => total + statistics.parts[part].rows, 0);
  const {first, sampled, share} = sample.first.length === rows ? wholeFile(sample.first) : sample;
  const readKey = keyReader(definition, statistics.columns);
  const read = <R extends RecordCopy>(record: R): Read<R> => ({...record, ...readKey(record.content)});
  const sampledRecords = sampled.map(read);
  const records = [...first.map(read), ...sampledRecords];
  const byKey = Map.groupBy(records, ({exact}) => exact);
  const respelled = [...Map.groupBy(records, ({plain}) => plain).values()].filter(
    (group) => new Set(group.map(({exact}) => exact)).size > 1,
  );
  const counts = {
    looked: {first: first.length, sampled: sampled.length, share, keys: byKey.size},
    keysInSeveralParts: [...byKey.values()].filter(isInSeveralParts).length,
    duplicates: estimateDuplicates(keysOf(sampledRecords), share, rows),
    respelled: {keys: respelled.length, inSeveralParts: respelled.filter(isInSeveralParts).length},
  };
  return {sentence: sentenceOf(counts), ...counts};
}

/** A file of which all rows are the first ones needs no sample. */
function wholeFile(first: RecordSample['first']): RecordSample {
  const groups = Map.groupBy(first, ({part, content}) => `${part} ${content.toString('latin1')}`);
  const sampled = [...groups.values()].flatMap(([copy, ...others]) =>
    copy === undefined ? [] : [{...copy, rows: 1 + others.length}],
  );
  return {first, sampled, share: 1};
}

type Read<R extends RecordCopy> = R & KeyForms;

function isInSeveralParts(records: readonly RecordCopy[]): boolean {
  return new Set(records.map(({part}) => part)).size > 1;
}

function keysOf(records: readonly Read<SampledRecord>[]) {
  return [...Map.groupBy(records, ({exact}) => exact).values()].map((group) => ({
    records: group.length,
    rows: group.reduce((total, {rows}) => total + rows, 0),
  }));
}

function sentenceOf(counts: Omit<KeyLeakage, 'sentence'>): string {
  const {looked, keysInSeveralParts, respelled} = counts;
  const keys =
    keysInSeveralParts === 0
      ? `None of ${looked.keys} keys looked at is in more than one part`
      : `${keysInSeveralParts} of ${looked.keys} keys looked at are in more than one part`;
  const forms =
    respelled.inSeveralParts === 0
      ? ''
      : `, but ${respelled.inSeveralParts} are when their form is left aside`;
  return `${keys}${forms}. ${duplicatesText(counts)} repeat another row.`;
}

/** As the beginning of a sentence. */
export function duplicatesText({duplicates, looked}: Pick<KeyLeakage, 'duplicates' | 'looked'>): string {
  const {estimate, standardError} = duplicates;
  if (estimate === 0) return looked.share === 1 ? 'No rows' : 'None of the sampled rows';
  return looked.share === 1
    ? `${estimate} rows`
    : `About ${estimate} rows (give or take ${2 * standardError})`;
}
