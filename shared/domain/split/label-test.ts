import {type ChiSquareTest, testIndependence} from './chi-square.ts';
import {PARTS, type Part} from './split-definition.ts';
import {MAX_LABELS, type SplitStatistics} from './split-statistics.ts';

/** Below this p-value chance is no good explanation for different label shares. */
export const SUSPICIOUS = 0.001;

/** The chi-square approximation needs this many expected rows in every cell (Cochran, 1952). */
const LEAST_EXPECTED = 5;

export interface LabelTest {
  /** The finding in plain words. */
  readonly sentence: string;
  /** Null when there was nothing to compare; the sentence says why. */
  readonly result: ChiSquareTest | null;
}

/** Tests whether the part of a row has anything to do with its label. Labels too rare for the test are left out of it. */
export function testLabels({
  parts,
  rowsOfOtherLabels,
}: Pick<SplitStatistics, 'parts' | 'rowsOfOtherLabels'>): LabelTest {
  if (rowsOfOtherLabels > 0) {
    return untested(`the labels are no classes: more than ${MAX_LABELS} different ones, or very long ones`);
  }
  const isCommon = commonLabels(parts);
  const countsOf = (part: Part) =>
    parts[part].labels.map(({rows}) => rows).filter((_, index) => isCommon[index]);
  const training = countsOf('training');
  if (training.length < 2) return untested('fewer than two labels have enough rows for that');
  const result = testIndependence([training, countsOf('validation'), countsOf('test')]);
  return {sentence: verdict(result) + omission(isCommon.length - training.length, isCommon.length), result};
}

/** For each label: would even the smallest part have enough rows of it, were the shares alike? */
function commonLabels(parts: SplitStatistics['parts']): readonly boolean[] {
  const sizes = PARTS.map((part) => parts[part].rows);
  const smallestShare = Math.min(...sizes) / sizes.reduce((total, size) => total + size, 0);
  return parts.training.labels.map((_, index) => {
    const rows = PARTS.reduce((total, part) => total + (parts[part].labels[index]?.rows ?? 0), 0);
    return rows * smallestShare >= LEAST_EXPECTED;
  });
}

function verdict({chiSquare, degreesOfFreedom, pValue}: ChiSquareTest): string {
  const finding =
    pValue < SUSPICIOUS
      ? 'Label shares differ between the parts more than chance explains'
      : 'Label shares are alike in all parts';
  const p = pValue < SUSPICIOUS ? `p < ${SUSPICIOUS}` : `p = ${Number(pValue.toPrecision(2))}`;
  return `${finding}: chi-square ${chiSquare.toFixed(1)} on ${degreesOfFreedom} degrees of freedom, ${p}.`;
}

function omission(leftOut: number, labels: number): string {
  if (leftOut === 0) return '';
  return ` ${leftOut} of ${labels} labels ${leftOut === 1 ? 'is too rare and was' : 'are too rare and were'} left out.`;
}

function untested(why: string): LabelTest {
  return {sentence: `Label shares were not compared: ${why}.`, result: null};
}
