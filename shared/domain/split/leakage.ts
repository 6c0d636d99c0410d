import type {LabelRelation} from '../profile/column-tally.ts';
import type {Sample} from '../profile/profiler.ts';
import {excerpt} from './excerpt.ts';
import type {SplitDefinition} from './split-definition.ts';

/** Fewer rows, or fewer rows of labels other than the most frequent one, show nothing. */
const LEAST_ROWS = 50;
const LEAST_RARE_ROWS = 20;

/** A column tells the label when it removes this share of the mistakes of always guessing the most frequent one (Goodman and Kruskal's λ, 1954). */
const TELLING = 0.99;

/** A value must come back this often on average, or it tells nothing beyond its own row. */
const LEAST_REPEATS = 10;

/** A key has nearly the label's values when there are at most this many for each label. */
const KEYS_PER_LABEL = 2;

/** A sentence for each column that seems to give the label away, by the sampled rows. */
export function leaks({relations, labels}: Sample, {data, split}: SplitDefinition): readonly string[] {
  const keys = split.key === 'row' ? [] : split.key;
  const ofKey = keys.includes(data.label)
    ? ['split.key names the label itself: all rows of one label go to the same part.']
    : [];
  return [
    ...ofKey,
    ...relations.flatMap((relation) => {
      const finding = findingOf(relation, labels, keys.includes(relation.column));
      return finding === undefined ? [] : [finding];
    }),
  ];
}

function findingOf(relation: LabelRelation, labels: Sample['labels'], isKey: boolean): string | undefined {
  const {column, known, distinct, equal} = relation;
  if (known < LEAST_ROWS || known < labels.rows * 0.9) return undefined;
  if (equal === known) {
    return `Column ${excerpt(column)} equals the label in all ${known} rows looked at: leave it out.`;
  }
  if (distinct === undefined || labels.distinct === undefined || !tellsLabel(relation, labels))
    return undefined;
  if (!isKey) {
    return `Column ${excerpt(column)} tells the label: with few exceptions each of its ${distinct} values goes with one. Leave it out unless it is known before the label is.`;
  }
  if (distinct > labels.distinct * KEYS_PER_LABEL) return undefined;
  return `Key column ${excerpt(column)} is nearly the label: rows of one label go to the same part.`;
}

function tellsLabel(
  {known, distinct = known, misses}: LabelRelation,
  {rows, mode}: Sample['labels'],
): boolean {
  const rare = rows - mode;
  if (rare < LEAST_RARE_ROWS || distinct * LEAST_REPEATS > known) return false;
  return misses <= rare * (1 - TELLING);
}
