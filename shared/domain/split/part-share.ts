import {excerpt} from './excerpt.ts';
import {bucketsOf, PARTS, type Part, type SplitRules} from './split-definition.ts';
import type {SplitStatistics} from './split-statistics.ts';

/** Below this chance the size of a part is no accident. */
const SUSPICIOUS = 1e-6;

/** A sentence for each part that is larger or smaller than its buckets and chance explain. */
export function oddShares({parts}: Pick<SplitStatistics, 'parts'>, split: SplitRules): readonly string[] {
  const total = PARTS.reduce((rows, part) => rows + parts[part].rows, 0);
  return PARTS.filter((part) => {
    const share = bucketsOf(part, split).length / split.buckets;
    return chanceOfShare(parts[part].rows, total, share) < SUSPICIOUS;
  }).map((part) => sentence(part, parts[part].rows / total, split));
}

/**
 * An upper bound of the chance that, of `total` rows that each fall into a part with chance `share`, a number as far from the mean does:
 * 2·exp(−n·KL(k/n ‖ share)), which holds for any n (Hoeffding, Probability Inequalities for Sums of Bounded Random Variables, 1963, theorem 1).
 */
export function chanceOfShare(rows: number, total: number, share: number): number {
  const found = rows / total;
  const divergence = term(found, share) + term(1 - found, 1 - share);
  return Math.min(1, 2 * Math.exp(-total * divergence));
}

function term(found: number, expected: number): number {
  return found === 0 ? 0 : found * Math.log(found / expected);
}

function sentence(part: Part, found: number, split: SplitRules): string {
  const defined = bucketsOf(part, split).length / split.buckets;
  const same =
    split.key === 'row'
      ? 'many rows are equal'
      : `few keys (${split.key.map(excerpt).join(', ')}) have many rows`;
  return `The ${part} part has ${percent(found)} of the rows, its buckets are ${percent(defined)}: chance does not explain that, so ${same}.`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
