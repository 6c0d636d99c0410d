import {setImmediate as turn} from 'node:timers/promises';
import {Heap} from 'heap-js';
import type {Chance} from './chance.ts';

interface Due {
  readonly atMs: number;
  /** Decides by seed what comes first at one instant. */
  readonly tie: number;
  readonly sequence: number;
  /** Undefined once it was called off. */
  action: (() => void) | undefined;
}

/** A round of the event loop asks the operating system for news, which costs more than an event does. */
const EVENTS_A_ROUND = 32;

const START_MS = Date.UTC(2026, 0, 1);

/** One clock and one queue for everything that happens. No real time passes between two events. */
export class VirtualTime {
  nowMs = START_MS;
  #sequence = 0;
  /** Those in the queue that were not called off. */
  #waiting = 0;
  readonly #chance: Chance;
  readonly #queue = new Heap<Due>((a, b) => a.atMs - b.atMs || a.tie - b.tie || a.sequence - b.sequence);

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Milliseconds since the simulation began. */
  get elapsedMs(): number {
    return this.nowMs - START_MS;
  }

  /** @returns calls it off, if it is still to come */
  after(delayMs: number, action: () => void): () => void {
    const tie = this.#chance.between(0, 0xffff);
    const due: Due = {atMs: this.nowMs + delayMs, tie, sequence: this.#sequence++, action};
    this.#queue.push(due);
    this.#waiting += 1;
    return () => {
      if (due.action !== undefined) this.#waiting -= 1;
      due.action = undefined;
    };
  }

  /** Plays what is due, earliest first, and lets the handlers run until they wait again; ends with the queue or after this many milliseconds. */
  async play(forMs: number): Promise<void> {
    const untilMs = this.nowMs + forMs;
    while (this.#isDue(untilMs)) await this.#playSome(untilMs);
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** Callbacks that wait for the same round of the event loop run in it one by one, each after all promises have settled. */
  async #playSome(untilMs: number): Promise<void> {
    const turns = Array.from({length: EVENTS_A_ROUND}, async () => {
      await turn();
      if (this.#isDue(untilMs)) this.#playNext();
    });
    await Promise.all(turns);
    await turn();
  }

  #isDue(untilMs: number): boolean {
    let due = this.#queue.peek();
    for (; due !== undefined && due.action === undefined; due = this.#queue.peek()) this.#queue.pop();
    return due !== undefined && due.atMs <= untilMs;
  }

  #playNext(): void {
    const due = this.#queue.pop();
    const action = due?.action;
    if (due === undefined || action === undefined) return;
    this.#waiting -= 1;
    due.action = undefined;
    this.nowMs = due.atMs;
    action();
  }

  get isQuiet(): boolean {
    return this.#waiting === 0;
  }
}
