import {createHash} from 'node:crypto';
import type {VirtualTime} from './virtual-time.ts';

/** What happened, one line per event. Two simulations of one seed have equal traces. */
export class Trace {
  readonly #time: VirtualTime;
  readonly lines: string[] = [];

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  add(text: string): void {
    this.lines.push(`${(this.#time.elapsedMs / 1000).toFixed(3)} ${text}`);
  }

  hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex').slice(0, 16);
  }
}
