import type {Numbers, Slice, Test} from './decision.ts';
import type {Evaluation} from './evaluation.ts';
import {mcnemar} from './mcnemar.ts';
import type {GateRules} from './rules.ts';

/**
 * Everything that a decision about a challenger rests on.
 * @param champion the version that answers now
 */
export function measure(evaluation: Evaluation, rules: GateRules, champion: string | undefined): Numbers {
  const {rows, metrics} = evaluation;
  const {metric} = rules;
  const challenger = metrics[metric];
  const minimum = Object.entries(rules.minimum).map(([name, least]) => {
    const found = metrics[name];
    return {metric: name, least, ...(found === undefined ? {} : {found})};
  });
  const alone = {rows, metric, minimum, ...(challenger === undefined ? {} : {challenger})};
  if (champion === undefined || challenger === undefined) return alone;
  const value = evaluation.champion?.metrics[metric];
  if (value === undefined) {
    const unscored = evaluation.champion_error ?? `it has no ${metric}`;
    return {...alone, champion: {version: champion, unscored}};
  }
  const found = better(challenger - value, rules);
  const test = testOf(evaluation, rules);
  return {
    ...alone,
    champion: {version: champion, value},
    gain: {found, needed: rules.beatChampion.by},
    ...(test === undefined ? {} : {test}),
    ...(rules.slices.length === 0 ? {} : {slices: slicesOf(evaluation, rules)}),
  };
}

/** Turns a difference so that above 0 is better; never -0. */
function better(difference: number, {goal}: GateRules): number {
  return (goal === 'maximize' ? difference : -difference) + 0;
}

/** Absent when no test is asked for, or the trainer wrote nothing to test by. */
function testOf({paired, resamples}: Evaluation, rules: GateRules): Test | undefined {
  const {confidence} = rules.beatChampion;
  if (confidence === 0) return undefined;
  const below = Number((1 - confidence).toPrecision(12));
  if (rules.metric === 'accuracy' && paired) {
    const {only_challenger: onlyChallenger, only_champion: onlyChampion} = paired;
    return {kind: 'mcnemar', onlyChallenger, onlyChampion, p: mcnemar(onlyChallenger, onlyChampion), below};
  }
  const gains = resamples?.[rules.metric];
  if (gains === undefined) return undefined;
  const lost = gains.filter((gain) => better(gain, rules) <= 0).length;
  return {kind: 'bootstrap', resamples: gains.length, p: (lost + 1) / (gains.length + 1), below};
}

function slicesOf({slices}: Evaluation, rules: GateRules): NonNullable<Numbers['slices']> {
  const found = (slices ?? [])
    .filter(({column}) => rules.slices.includes(column))
    .map<Slice>(({column, value, rows, challenger, champion}) => ({
      column,
      value,
      rows,
      challenger: challenger / rows,
      champion: champion / rows,
    }));
  const missing = rules.slices.filter((column) => !found.some((slice) => slice.column === column));
  return {tolerance: rules.sliceTolerance, missing, found};
}
