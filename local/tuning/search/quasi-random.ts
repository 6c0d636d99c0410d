/**
 * A point of the unit cube by the R sequence (M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018):
 * each further point falls into the largest gap the earlier ones left.
 * @param start the sequence's offset; its length is the number of dimensions
 */
export function quasiRandomPoint(start: readonly number[], index: number): number[] {
  const ratio = goldenRatio(start.length);
  return start.map((offset, axis) => (offset + (index + 1) / ratio ** (axis + 1)) % 1);
}

/** The positive root of x^(dimensions + 1) = x + 1, by fixed-point iteration. */
function goldenRatio(dimensions: number): number {
  let root = 2;
  for (let i = 0; i < 40; i++) root = (1 + root) ** (1 / (dimensions + 1));
  return root;
}
