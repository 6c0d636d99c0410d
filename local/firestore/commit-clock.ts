/** Microseconds since the epoch that never go back: of two commits the later has the later time, whatever the system clock does. */
export class CommitClock {
  #last: number;

  /** @param lastMicros the latest time already given away, from an earlier life */
  constructor(lastMicros: number) {
    this.#last = lastMicros;
  }

  /** The time of a read that sees everything committed so far, and nothing that commits later. */
  readMicros(): number {
    this.#last = Math.max(this.#last, Date.now() * 1000);
    return this.#last;
  }

  /** The time of a new commit, later than every time given so far. */
  commitMicros(): number {
    this.#last = Math.max(this.#last + 1, Date.now() * 1000);
    return this.#last;
  }
}
