import {z} from 'zod';
import {excerpt} from '../split/excerpt.ts';
import {listed} from '../split/listed.ts';
import {categoriesToCompare} from './column-tally.ts';
import {stabilityOf} from './population-stability.ts';
import type {ColumnProfile, NumberColumn, Profile, TextColumn} from './profile.ts';

const NAMED = 5;

const typeSchema = z.enum(['number', 'text', 'empty']);

/** How the data differ from those of an earlier run, by the rows at the beginning of both. */
export const driftSchema = z.strictObject({
  against: z
    .strictObject({run: z.string(), manifest: z.string()})
    .nullable()
    .describe('The run compared with and the `gs://` URI of its manifest; null when there was none.'),
  sentence: z.string().describe('The finding in plain words.'),
  added: z.array(z.string()).readonly(),
  missing: z.array(z.string()).readonly(),
  retyped: z.array(z.strictObject({column: z.string(), from: typeSchema, to: typeSchema})).readonly(),
  stability: z
    .array(
      z.strictObject({
        column: z.string(),
        psi: z.number().describe('Population stability index: 0 for equal shares.'),
        byChance: z.number().describe('What chance alone stays below in samples of these sizes.'),
        isShift: z.boolean().describe('Is the index above the limit, and above what chance explains?'),
      }),
    )
    .readonly()
    .describe('Every column that has the same type, number or text, in both.'),
});

export type Drift = z.output<typeof driftSchema>;

type Differences = Pick<Drift, 'added' | 'missing' | 'retyped' | 'stability'>;

/** The earlier run that a split is compared with. */
export interface Baseline {
  readonly run: string;
  readonly manifest: string;
  /** Undefined when the manifest is gone or was written by another version. */
  readonly profile: Profile | undefined;
}

const NO_DIFFERENCES: Differences = {added: [], missing: [], retyped: [], stability: []};

/**
 * @param now profiled with the baseline at hand, so that both have the same bins
 * @param limit the population stability index above which a column has shifted
 */
export function driftFrom(baseline: Baseline | undefined, now: Profile, limit: number): Drift {
  if (baseline === undefined) {
    return {against: null, sentence: 'There is no earlier run to compare with.', ...NO_DIFFERENCES};
  }
  const {run, manifest, profile} = baseline;
  const against = {run, manifest};
  if (profile === undefined) {
    const sentence = `Run ${run} cannot be compared with: its manifest is gone or of another version.`;
    return {against, sentence, ...NO_DIFFERENCES};
  }
  const differences = compareProfiles(profile, now, limit);
  const found = [structureSentence(differences), shiftSentence(differences)].filter(
    (sentence) => sentence !== undefined,
  );
  const sentence =
    found.length > 0 ? found.join(' ') : 'The columns are what they were, and none has shifted.';
  return {against, sentence: `Compared with run ${run}: ${sentence}`, ...differences};
}

function compareProfiles(before: Profile, now: Profile, limit: number): Differences {
  const earlier = new Map(before.columns.map((column) => [column.name, column]));
  const later = new Set(now.columns.map(({name}) => name));
  const pairs = now.columns.flatMap((column) => {
    const old = earlier.get(column.name);
    return old === undefined ? [] : [{old, column}];
  });
  return {
    added: now.columns.map(({name}) => name).filter((name) => !earlier.has(name)),
    missing: before.columns.map(({name}) => name).filter((name) => !later.has(name)),
    retyped: pairs
      .filter(({old, column}) => old.type !== column.type)
      .map(({old, column}) => ({column: column.name, from: old.type, to: column.type})),
    stability: pairs.flatMap(({old, column}) => columnStability(old, column, limit)),
  };
}

/** Undefined when no column was added, is missing or is of another type. */
export function structureSentence({added, missing, retyped}: Differences): string | undefined {
  const changes = [
    added.length > 0 && `added: ${listed(added.map(excerpt), NAMED)}`,
    missing.length > 0 && `missing: ${listed(missing.map(excerpt), NAMED)}`,
    retyped.length > 0 && `of another type: ${listed(retyped.map(retypedText), NAMED)}`,
  ].filter((change) => change !== false);
  return changes.length === 0 ? undefined : `Columns ${changes.join('; ')}.`;
}

/** Undefined when the values of no column have shifted. The largest shifts come first. */
export function shiftSentence({stability}: Differences): string | undefined {
  const shifts = stability.filter(({isShift}) => isShift).toSorted((a, b) => b.psi - a.psi);
  if (shifts.length === 0) return undefined;
  const named = shifts.map(({column, psi}) => `${excerpt(column)} (${psi.toFixed(2)})`);
  return `Values have shifted, by the population stability index: ${listed(named, NAMED)}.`;
}

function retypedText({column, from, to}: Drift['retyped'][number]): string {
  return `${excerpt(column)} (${from}, now ${to})`;
}

function columnStability(old: ColumnProfile, column: ColumnProfile, limit: number): Drift['stability'] {
  const bins = commonBins(old, column);
  if (bins === undefined) return [];
  const {psi, byChance} = stabilityOf(bins.before, bins.now);
  return [{column: column.name, psi, byChance, isShift: psi > limit && psi > byChance}];
}

interface CommonBins {
  readonly before: readonly number[];
  readonly now: readonly number[];
}

/** The rows of both by bin, the rows without a value last. */
function commonBins(old: ColumnProfile, column: ColumnProfile): CommonBins | undefined {
  if (old.type === 'number' && column.type === 'number') {
    return {before: numberBins(old), now: numberBins(column)};
  }
  if (old.type !== 'text' || column.type !== 'text') return undefined;
  const categories = categoriesToCompare(old);
  return {before: textBins(old, categories), now: textBins(column, categories)};
}

function numberBins({rows, missing}: NumberColumn): readonly number[] {
  return [...rows, missing];
}

function textBins({top, others, missing}: TextColumn, categories: readonly string[]): readonly number[] {
  const rowsOf = new Map(top.map(({value, rows}) => [value, rows]));
  const counted = categories.map((category) => rowsOf.get(category) ?? 0);
  const all = top.reduce((total, {rows}) => total + rows, others);
  return [...counted, all - counted.reduce((total, rows) => total + rows, 0), missing];
}
