import type {Build} from '../language/build.ts';
import {type BranchFailure, unhandledBranches} from './branch-failures.ts';
import {type Machine, StepCount, type StepHistory} from './context.ts';
import type {Effect, InstantEffect, ParallelEffect, WaitingEffect, Work} from './effect.ts';
import {failure, type Place, Raised} from './raised.ts';
import {runMain} from './run-routine.ts';
import {Memory} from './scope.ts';
import type {Value} from './value.ts';

/** What the world answered: a value, or an error of the language. */
export type Answer = {readonly value: Value} | {readonly raised: Value};

/** An answer with the branch that asked; `main` for all that is not parallel. */
export interface JournalEntry {
  readonly branch: string;
  readonly answer: Answer;
}

/** The answers of an execution in the order in which they came: all it takes to bring it back to where it was. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** Kept before it returns. */
  append(entry: JournalEntry): void;
}

/** What an execution asks of its surroundings. */
export interface World {
  answer(effect: InstantEffect): Value;
  /** Resolves to the answer; rejects only when `signal` is aborted. */
  perform(effect: WaitingEffect, signal: AbortSignal): Promise<Answer>;
}

export type ExecutionEnd =
  | {readonly kind: 'succeeded'; readonly result: Value}
  | {readonly kind: 'failed'; readonly error: Value; readonly trace: readonly Place[]}
  | {readonly kind: 'cancelled'};

export interface ExecutionOptions {
  readonly build: Build;
  readonly argument: Value;
  readonly world: World;
  readonly journal: Journal;
  readonly history: StepHistory;
}

interface Branch {
  readonly id: string;
  readonly work: Work<unknown>;
  readonly ended: (result: unknown, error?: Raised) => void;
}

/**
 * A workflow under way. Steps run at once, one branch at a time, until every branch waits; each answer from outside is first
 * written to the journal and then lets its branch run on. So the same journal always leads to the same point,
 * and an execution whose process died goes on from there. Requests that were unanswered then are sent again.
 */
export class Execution {
  readonly ended: Promise<ExecutionEnd>;
  readonly #world: World;
  readonly #journal: Journal;
  readonly #waiting = new Map<string, {readonly branch: Branch; readonly effect: WaitingEffect}>();
  readonly #abort = new AbortController();
  readonly #end: (end: ExecutionEnd) => void;
  readonly #past: readonly JournalEntry[];
  #replayed = 0;
  #isLive = false;

  constructor({build, argument, world, journal, history}: ExecutionOptions) {
    this.#world = world;
    this.#journal = journal;
    this.#past = [...journal.entries];
    const {promise, resolve} = Promise.withResolvers<ExecutionEnd>();
    this.ended = promise;
    this.#end = (end) => {
      this.#abort.abort();
      resolve(end);
    };
    const machine: Machine = {...build, history, memory: new Memory(), steps: new StepCount()};
    this.#resume({
      id: 'main',
      work: runMain(machine, argument),
      ended: (result, error) =>
        this.#end(error ? failed(error) : {kind: 'succeeded', result: result as Value}),
    });
    this.#replay();
  }

  /** Ends it where it is. Requests under way are broken off. */
  cancel(): void {
    this.#end({kind: 'cancelled'});
  }

  /** Stops without an end; the journal brings it back. */
  interrupt(): void {
    this.#abort.abort();
  }

  #replay(): void {
    for (let entry = this.#past[this.#replayed]; entry !== undefined; entry = this.#past[this.#replayed]) {
      this.#replayed += 1;
      this.#deliver(entry);
    }
    this.#isLive = true;
    for (const id of this.#waiting.keys()) this.#begin(id);
  }

  #deliver({branch: id, answer}: JournalEntry): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) {
      this.#end(failed(failure('SystemError', `the journal answers ${id}, which does not ask`)));
      return;
    }
    this.#waiting.delete(id);
    this.#resume(waiting.branch, answer);
  }

  /** Runs a branch until it waits or ends. */
  #resume(branch: Branch, first?: Answer): void {
    let answer = first;
    while (true) {
      const turn = this.#turn(branch, answer);
      if (turn === undefined) return;
      if (isWaiting(turn)) {
        this.#wait(branch, turn);
        return;
      }
      answer = turn.kind === 'parallel' ? this.#fork(branch, turn) : this.#answerAtOnce(branch.id, turn);
      if (answer === undefined) return;
    }
  }

  #wait(branch: Branch, effect: WaitingEffect): void {
    this.#waiting.set(branch.id, {branch, effect});
    if (this.#isLive) this.#begin(branch.id);
  }

  /** The next effect of a branch; undefined when it has ended. */
  #turn({work, ended}: Branch, answer: Answer | undefined): Effect | undefined {
    try {
      const {done, value} = advance(work, answer);
      if (!done) return value;
      ended(value);
    } catch (error) {
      ended(undefined, error instanceof Raised ? error : failure('SystemError', String(error)));
    }
    return undefined;
  }

  #answerAtOnce(branch: string, effect: InstantEffect): Answer {
    const past = this.#past[this.#replayed];
    if (past !== undefined) {
      this.#replayed += 1;
      return past.answer;
    }
    const answer = {value: this.#world.answer(effect)};
    this.#journal.append({branch, answer});
    return answer;
  }

  #begin(id: string): void {
    const waiting = this.#waiting.get(id);
    const {signal} = this.#abort;
    if (waiting === undefined || signal.aborted) return;
    const answered = (answer: Answer) => {
      if (signal.aborted) return;
      const entry = {branch: id, answer};
      this.#journal.append(entry);
      this.#deliver(entry);
    };
    this.#world.perform(waiting.effect, signal).then(answered, (error) => {
      answered({raised: failure('SystemError', String(error)).value});
    });
  }

  /** Starts branches. The answer for the parent when all of them ended at once; otherwise the last one to end resumes it. */
  #fork(parent: Branch, {bodies, limit}: ParallelEffect): Answer | undefined {
    const failures: BranchFailure[] = [];
    let running = 0;
    let started = 0;
    let isStarting = false;
    const startMore = (): Answer | undefined => {
      isStarting = true;
      for (; running < limit && started < bodies.length; started += 1) {
        running += 1;
        this.#resume(branchAt(started));
      }
      isStarting = false;
      if (running > 0) return undefined;
      return failures.length === 0 ? {value: null} : {raised: unhandledBranches(failures)};
    };
    const branchAt = (at: number): Branch => ({
      id: `${parent.id}.${at}`,
      work: (bodies[at] as () => Work<unknown>)(),
      ended: (_, error) => {
        running -= 1;
        if (error !== undefined) failures.push({at, error});
        const answer = isStarting ? undefined : startMore();
        if (answer !== undefined) this.#resume(parent, answer);
      },
    });
    return startMore();
  }
}

function advance(work: Work<unknown>, answer: Answer | undefined): IteratorResult<Effect, unknown> {
  if (answer === undefined) return work.next(null);
  return 'value' in answer ? work.next(answer.value) : work.throw(new Raised(answer.raised));
}

function isWaiting(effect: Effect): effect is WaitingEffect {
  return effect.kind === 'http' || effect.kind === 'sleep' || effect.kind === 'callback';
}

function failed({value, trace}: Raised): ExecutionEnd {
  return {kind: 'failed', error: value, trace};
}
