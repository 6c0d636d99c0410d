import {type GateDecision, type Numbers, releases} from './decision.ts';
import type {Evaluation} from './evaluation.ts';
import {measure} from './measure.ts';
import {ROUNDING} from './rounding.ts';
import type {GateRules} from './rules.ts';
import {type Judged, sentenceOf} from './sentence.ts';
import {worstSlice} from './worst-slice.ts';

/**
 * Decides whether a trained model may replace the champion.
 * @param champion the version that answers now, if there is one
 */
export function decideRelease(evaluation: Evaluation, rules: GateRules, champion?: string): GateDecision {
  const numbers = measure(evaluation, rules, champion);
  const reason = reasonOf(numbers, rules);
  return {released: releases(reason), reason, numbers, sentence: sentenceOf(reason, numbers)};
}

function reasonOf(numbers: Numbers, rules: GateRules): Judged {
  // Not `found < least`: a number that compares with nothing is no pass.
  if (numbers.minimum.some(({found, least}) => !(found !== undefined && found >= least)))
    return 'below-minimum';
  if (numbers.challenger === undefined) return 'metric-missing';
  if (numbers.champion === undefined) return 'first-version';
  return numbers.gain === undefined ? 'champion-unscored' : comparedWithChampion(numbers, rules);
}

function comparedWithChampion({gain, test, slices}: Numbers, {beatChampion}: GateRules): Judged {
  if (gain === undefined || gain.found < gain.needed - ROUNDING) return 'gain-too-small';
  if (beatChampion.confidence > 0) {
    if (test === undefined) return 'not-tested';
    if (test.p >= test.below) return 'not-significant';
  }
  if (slices === undefined) return 'better';
  if (slices.missing.length > 0) return 'slice-missing';
  return worstSlice(slices) === undefined ? 'better' : 'slice-worse';
}
