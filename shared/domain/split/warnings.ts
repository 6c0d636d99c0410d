import {z} from 'zod';
import {type Drift, shiftSentence, structureSentence} from '../profile/drift.ts';
import type {Sample} from '../profile/profiler.ts';
import {excerpt} from './excerpt.ts';
import {type LabelTest, SUSPICIOUS} from './label-test.ts';
import {leaks} from './leakage.ts';
import {listed} from './listed.ts';
import {oddShares} from './part-share.ts';
import type {SplitDefinition} from './split-definition.ts';
import type {SplitStatistics} from './split-statistics.ts';

const NAMED = 5;

/** What does not end a run, and somebody should look at. */
export const warningSchema = z.strictObject({
  code: z.enum([
    'LEAKAGE_SUSPECT',
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
  readonly sample: Sample;
  readonly drift: Drift;
}

/** All warnings that a split gives cause for, the gravest kind first. */
export function warningsOf({definition, statistics, labelTest, sample, drift}: Evidence): readonly Warning[] {
  const {columns, psi} = definition.data.drift;
  const found: Readonly<Record<Warning['code'], readonly (string | undefined)[]>> = {
    LEAKAGE_SUSPECT: leaks(sample, definition),
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

function differingLabels({result, sentence}: LabelTest): string | undefined {
  return result !== null && result.pValue < SUSPICIOUS ? sentence : undefined;
}

function emptyColumns({profile}: Sample): string | undefined {
  const empty = profile.columns.filter(({type}) => type === 'empty').map(({name}) => excerpt(name));
  if (empty.length === 0) return undefined;
  return `No value in the ${profile.sample.rows} rows looked at: ${listed(empty, NAMED)}.`;
}
