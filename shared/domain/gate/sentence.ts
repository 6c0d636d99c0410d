import type {Numbers, Reason} from './decision.ts';
import {worstSlice} from './worst-slice.ts';

/** Reasons that lie in what was measured. */
export type Judged = Exclude<Reason, 'older-data' | 'approved' | 'rolled-back' | 'answers-already'>;

/** What a person would write about a decision. */
export function sentenceOf(reason: Judged, numbers: Numbers): string {
  return SENTENCES[reason](numbers);
}

const SENTENCES: Readonly<Record<Judged, (numbers: Numbers) => string>> = {
  'first-version': (numbers) => `first version: ${alone(numbers)}`,
  'champion-unscored': (numbers) =>
    `${alone(numbers)}; version ${numbers.champion?.version} could not be compared (${numbers.champion?.unscored})`,
  better: (numbers) => `${against(numbers, ` of version ${numbers.champion?.version}`)}${chance(numbers)}`,
  'below-minimum': belowMinimum,
  'metric-missing': ({metric}) => `the evaluation has no metric "${metric}", which the trials were tuned for`,
  'gain-too-small': (numbers) => `${kept(numbers)}, ${shortfall(numbers)}`,
  'not-tested': (numbers) =>
    `${kept(numbers)}, and evaluation.json has nothing to test the difference in ${numbers.metric} by`,
  'not-significant': (numbers) =>
    `${kept(numbers)}${chance(numbers)}, needed p < ${show(numbers.test?.below)}`,
  'slice-missing': (numbers) =>
    `${kept(numbers)}, but evaluation.json has no slices of ${numbers.slices?.missing.join(', ')}, which gate.slices asks for`,
  'slice-worse': sliceWorse,
};

function belowMinimum({minimum, rows}: Numbers): string {
  const short = minimum.find(({found, least}) => !(found !== undefined && found >= least));
  return short?.found === undefined
    ? `the evaluation has no metric "${short?.metric}", which gate.minimum asks for`
    : `${short.metric} is ${below(short.found, short.least)} on ${count(rows)} test rows, gate.minimum asks for ${short.least}`;
}

/** Rounded, but never up to what it falls short of. */
function below(found: number, least: number): string {
  return Number(show(found)) < least ? show(found) : String(found);
}

function shortfall({gain}: Numbers): string {
  if (gain === undefined || gain.needed === 0) return 'which is worse';
  return gain.needed > 0 ? `needed a gain of ${gain.needed}` : `which is worse by more than ${-gain.needed}`;
}

function sliceWorse(numbers: Numbers): string {
  const {slices} = numbers;
  const worst = slices && worstSlice(slices);
  const where = `where ${worst?.column} is ${JSON.stringify(worst?.value)}`;
  const fell = `${show(worst?.challenger)} against ${show(worst?.champion)} of ${count(worst?.rows ?? 0)} rows are right`;
  return `${kept(numbers)}, but ${where} only ${fell}, gate.sliceTolerance is ${slices?.tolerance}`;
}

function kept(numbers: Numbers): string {
  return `kept version ${numbers.champion?.version}: ${against(numbers)}`;
}

function alone({metric, challenger, rows}: Numbers): string {
  return `${metric} ${show(challenger)} on ${count(rows)} test rows`;
}

function against({metric, challenger, champion, rows}: Numbers, whose = ''): string {
  return `${metric} ${show(challenger)} against ${show(champion?.value)}${whose} on the same ${count(rows)} rows`;
}

function chance({test}: Numbers): string {
  if (test === undefined) return '';
  return test.p < 0.0001 ? ', p < 0.0001' : `, p = ${Number(test.p.toPrecision(2))}`;
}

function count(rows: number): string {
  return rows.toLocaleString('en-US');
}

function show(value: number | undefined): string {
  return value === undefined ? 'none' : String(Number(value.toPrecision(4)));
}
