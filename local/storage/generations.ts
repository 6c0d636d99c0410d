import type {Collection, State} from '../state.ts';

/** Numbers the versions of objects: microseconds since the epoch, strictly increasing even if the clock goes back. */
export class Generations {
  readonly #last: Collection<string>;

  constructor(state: State) {
    this.#last = state.collection('storage.generation');
  }

  next(): string {
    const now = BigInt(Date.now()) * 1000n;
    const last = BigInt(this.#last.get('last') ?? 0);
    const next = String(now > last ? now : last + 1n);
    this.#last.set('last', next);
    return next;
  }
}
