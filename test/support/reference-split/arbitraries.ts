import fc from 'fast-check';

/** Ends before the fourth byte, where the reference has not opened the file when a window would have ended, leave two errors to choose from. */
const LEAST_BYTES = 5;

export const anyCuts = fc.array(fc.integer({min: 1, max: 5000}), {minLength: 1, maxLength: 5});

/** Any bytes, most of them some words. */
export function anyBytes(words: readonly string[]): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    {weight: 60, arbitrary: fc.constantFrom(...words).map((word) => Buffer.from(word))},
    {weight: 1, arbitrary: fc.constantFrom([0], [0xff], [0xc3]).map((bytes) => Buffer.from(bytes))},
  );
  return fc.array(piece, {minLength: LEAST_BYTES, maxLength: 90}).map((pieces) => Buffer.concat(pieces));
}
