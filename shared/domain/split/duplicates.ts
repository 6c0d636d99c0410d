/** Rows that repeat an earlier row of the file, byte for byte but for the line end. */
export interface Duplicates {
  /** Of them, those of the sampled records. */
  readonly sampled: number;
  /** In the whole file. */
  readonly estimate: number;
  /** Of the estimate; 0 when every record was counted. */
  readonly standardError: number;
}

/** The sampled records of one key; records are sampled by key, so keys, not records, are independent. */
export interface SampledKey {
  /** Different records. */
  readonly records: number;
  /** Rows equal to one of them. */
  readonly rows: number;
}

/** Standard errors that chance alone does not reach. */
const CHANCE_ERRORS = 4;

/**
 * Both estimates divide by the chance to be sampled (Horvitz and Thompson, A Generalization of Sampling Without Replacement, 1952).
 * Counting what comes back in the sample is the exacter one, but blind for a few records with very many rows, which the sample is likely to
 * miss; those show in that the file has more rows than the different records in the sample let expect.
 * @param share the chance to be sampled
 * @param rows of the whole file
 */
export function estimateDuplicates(keys: readonly SampledKey[], share: number, rows: number): Duplicates {
  const sampled = sum(keys.map((key) => key.rows - key.records));
  const returning = {
    estimate: sampled / share,
    standardError: errorOf(
      keys.map((key) => key.rows - key.records),
      share,
    ),
  };
  const missing = {
    estimate: rows - sum(keys.map(({records}) => records)) / share,
    standardError: errorOf(
      keys.map(({records}) => records),
      share,
    ),
  };
  const isBlind = missing.estimate - returning.estimate > CHANCE_ERRORS * missing.standardError;
  const {estimate, standardError} = isBlind ? missing : returning;
  return {sampled, estimate: Math.round(estimate), standardError: Math.round(standardError)};
}

/** Of the sum of some counts over all keys, from the keys in the sample: Poisson sampling. */
function errorOf(counts: readonly number[], share: number): number {
  return Math.sqrt((1 - share) * sum(counts.map((count) => count ** 2))) / share;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
