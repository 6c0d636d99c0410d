import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';

const MILLION = 1_000_000;

/** All the chance of one simulation: equal seeds give equal draws. */
export class Chance {
  readonly #generator;

  /** @param seed an unsigned 32-bit number */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** True in this share of the draws, from 0 to 1. */
  happens(share: number): boolean {
    return this.between(1, MILLION) <= share * MILLION;
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.between(0, list.length - 1)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }
}
