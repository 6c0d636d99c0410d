import {z} from 'zod';
import {type Drift, shiftSentence, structureSentence} from '../profile/drift.ts';
import type {Sample} from '../profile/profiler.ts';
import {excerpt} from './excerpt.ts';
import {duplicatesText, type KeyLeakage} from './key-leakage.ts';
import {type LabelTest, SUSPICIOUS} from './label-test.ts';
import {leaks} from './leakage.ts';
import {listed} from './listed.ts';
import {oddShares} from './part-share.ts';
import {PARTS, type SplitDefinition, type SplitRules} from './split-definition.ts';
import type {SplitStatistics} from './split-statistics.ts';

const NAMED = 5;

/** Repeated rows below this share of all are no news. */
const DUPLICATE_SHARE = 0.01;

/** What does not end a run, and somebody should look at. */
export const warningSchema = z.strictObject({
  code: z.enum([
    'KEY_LEAKAGE',
    'SPELLING_LEAKAGE',
    'LEAKAGE_SUSPECT',
    'DUPLICATE_ROWS',
    'PART_SHARE',
    'LABELS_DIFFER',
    'SCHEMA_DRIFT',
    'DATA_DRIFT',
    'COLUMN_EMPTY',
  ]),
  sentence: z.string(),
});

export type Warning = z.output<typeof warningSchema>;

export interface Evidence {
  readonly definition: SplitDefinition;
  readonly statistics: SplitStatistics;
  readonly labelTest: LabelTest;
  readonly leakage: KeyLeakage;
  readonly sample: Sample;
  readonly drift: Drift;
}

/** All warnings that a split gives cause for, the gravest kind first. */
export function warningsOf({
  definition,
  statistics,
  labelTest,
  leakage,
  sample,
  drift,
}: Evidence): readonly Warning[] {
  const {columns, psi} = definition.data.drift;
  const found: Readonly<Record<Warning['code'], readonly (string | undefined)[]>> = {
    KEY_LEAKAGE: [scatteredKeys(leakage)],
    SPELLING_LEAKAGE: [respelledKeys(leakage, definition.split)],
    LEAKAGE_SUSPECT: leaks(sample, definition),
    DUPLICATE_ROWS: [duplicateRows(leakage, statistics)],
    PART_SHARE: oddShares(statistics, definition.split),
    LABELS_DIFFER: [differingLabels(labelTest)],
    SCHEMA_DRIFT: columns === 'ignore' ? [] : [structureSentence(drift)],
    DATA_DRIFT: psi === 'ignore' ? [] : [shiftSentence(drift)],
    COLUMN_EMPTY: [emptyColumns(sample)],
  };
  return warningSchema.shape.code.options.flatMap((code) =>
    found[code].flatMap((sentence) => (sentence === undefined ? [] : [{code, sentence}])),
  );
}

function scatteredKeys({keysInSeveralParts, looked}: KeyLeakage): string | undefined {
  if (keysInSeveralParts === 0) return undefined;
  return `${keysInSeveralParts} of ${looked.keys} keys looked at are in several parts: the split is wrong, do not use it, and report it.`;
}

function respelledKeys({respelled, looked}: KeyLeakage, {key}: SplitRules): string | undefined {
  const {inSeveralParts: found} = respelled;
  if (found === 0) return undefined;
  const what = `${found} of ${looked.keys} ${key === 'row' ? 'rows' : 'keys'} looked at`;
  const cure =
    key === 'row' ? 'name the columns that tell one case from another as split.key, or write' : 'write';
  return `${what} come in several forms (quotes, spaces, spelling of a number) and so are in several parts: ${cure} them in one form.`;
}

function duplicateRows(leakage: KeyLeakage, {parts}: SplitStatistics): string | undefined {
  const rows = PARTS.reduce((total, part) => total + parts[part].rows, 0);
  if (leakage.duplicates.estimate < Math.max(1, rows * DUPLICATE_SHARE)) return undefined;
  return `${duplicatesText(leakage)} of ${rows} repeat another row: each is in the part of that row, where it counts again.`;
}

function differingLabels({result, sentence}: LabelTest): string | undefined {
  return result !== null && result.pValue < SUSPICIOUS ? sentence : undefined;
}

function emptyColumns({profile}: Sample): string | undefined {
  const empty = profile.columns.filter(({type}) => type === 'empty').map(({name}) => excerpt(name));
  if (empty.length === 0) return undefined;
  return `No value in the ${profile.sample.rows} rows looked at: ${listed(empty, NAMED)}.`;
}
