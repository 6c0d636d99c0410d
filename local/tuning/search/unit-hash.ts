import {createHash} from 'node:crypto';

/** A number in [0, 1) that follows from the words: chance that repeats, also after a restart. */
export function unitHash(...words: readonly (string | number)[]): number {
  const digest = createHash('sha256').update(JSON.stringify(words)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
