import type {Evaluation} from './evaluation.ts';

/** Metrics that are shares, by the names that trainers give them. */
const SHARES = /^(?:accuracy|balanced_accuracy|precision|recall|f1|(?:roc_)?auc|\w+_share)$/;

const METRICS = /"metrics"\s*:\s*\{(?<map>[^{}]*)\}/g;
const KEY = /"(?<key>(?:[^"\\]|\\.)*)"\s*:/g;

/** The first metric that a map of an evaluation names twice: of two values JSON keeps the last and says nothing. */
export function doubledMetric(text: string): string | undefined {
  for (const {groups} of text.matchAll(METRICS)) {
    const keys = [...(groups?.map ?? '').matchAll(KEY)].map((match) => match.groups?.key ?? '');
    const doubled = keys.find((key, index) => keys.indexOf(key) !== index);
    if (doubled !== undefined) return doubled;
  }
  return undefined;
}

/** The first metric that cannot be what it is called: a share below 0 or above 1. */
export function impossibleMetric({metrics, champion}: Evaluation): readonly [string, number] | undefined {
  const all = [...Object.entries(metrics), ...Object.entries(champion?.metrics ?? {})];
  return all.find(([name, value]) => SHARES.test(name) && (value < 0 || value > 1));
}
