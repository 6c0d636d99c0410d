import {RefusedError, RetryableError} from '../../shared/errors.ts';
import type {Ports} from '../../shared/ports.ts';
import type {Chance} from './chance.ts';
import type {Fault, FaultPlan} from './faults.ts';
import type {Trace} from './trace.ts';
import type {VirtualTime} from './virtual-time.ts';

/** When a client gives a call up. */
const DEADLINE_MS = 30_000;

/** How long after that a service may still apply a request. */
const LATE_MS = 30_000;

/** From half to two and a half times the quarantine of an effect. */
const STALL_MS = [65_000, 325_000] as const;

/** One running function instance. */
export interface Process {
  readonly functionName: string;
  readonly name: string;
  isAlive: boolean;
  /** The platform sees the instance die. */
  onCrash(): void;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A call that was made. */
export interface Called {
  readonly functionName: string;
  /** Port and method. */
  readonly name: string;
}

/** How one call goes. Durations count from the moment before. */
interface Course {
  /** Absent when the request never arrives. */
  readonly arrivesAfterMs?: number;
  readonly isAppliedTwice?: boolean;
  readonly broken?: 'publish' | 'mark';
  readonly answer: 'result' | 'refused' | 'unknown' | 'none';
  /** Of a result, from its arrival; of anything else, from the call. */
  readonly answeredAfterMs: number;
}

interface Call {
  readonly process: Process;
  readonly name: string;
  readonly send: () => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Between the functions and everything else: each call takes time, and some go wrong. */
export class Network {
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #trace: Trace;
  /** What goes wrong from now on. */
  faults: FaultPlan;
  /** All calls so far, in their order. */
  readonly calls: Called[] = [];
  /** The effects that fail inside the call that is just being carried out. */
  broken: 'publish' | 'mark' | undefined;

  constructor({time, chance, trace}: {time: VirtualTime; chance: Chance; trace: Trace}, faults: FaultPlan) {
    this.#time = time;
    this.#chance = chance;
    this.#trace = trace;
    this.faults = faults;
  }

  /** The ports as one process sees them; any method of any port, also of those added later. */
  portsFor(process: Process, ports: Ports): Ports {
    return this.#wrap('', ports, process);
  }

  /** A group of ports is wrapped like a port: a call is named by the last two steps to it. */
  #wrap<Group extends object>(port: string, methods: Group, process: Process): Group {
    return new Proxy(methods, {
      get: (target, method) => {
        const member: unknown = Reflect.get(target, method);
        if (isGroup(member)) return this.#wrap(String(method), member, process);
        if (typeof member !== 'function') return member;
        return (...parameters: unknown[]) =>
          this.#call(process, `${port}.${String(method)}`, () => member.apply(target, parameters));
      },
    });
  }

  #call(process: Process, name: string, send: () => Promise<unknown>): Promise<unknown> {
    const fault = this.faults(this.calls.length, name);
    this.calls.push({functionName: process.functionName, name});
    return new Promise((resolve, reject) => {
      if (process.isAlive) this.#take(this.#courseOf(fault), {process, name, send, resolve, reject}, fault);
    });
  }

  #take(course: Course, call: Call, fault: Fault | undefined): void {
    const {process, name} = call;
    if (fault !== undefined) this.#trace.add(`${process.name} ${name} ${fault}`);
    if (course.arrivesAfterMs !== undefined)
      this.#time.after(course.arrivesAfterMs, () => this.#arrive(course, call));
    if (course.answer === 'none') {
      process.isAlive = false;
      process.onCrash();
    }
    if (course.answer === 'refused')
      this.#answer(call, course.answeredAfterMs, () => call.reject(new RefusedError(`${name}: 429`)));
    if (course.answer === 'unknown')
      this.#answer(call, course.answeredAfterMs, () => call.reject(new RetryableError(`${name}: no answer`)));
  }

  #arrive(course: Course, call: Call): void {
    this.#trace.add(`${call.process.name} ${call.name}`);
    this.broken = course.broken;
    const first = course.isAppliedTwice ? call.send().catch(() => {}) : undefined;
    const sent = first === undefined ? call.send() : first.then(() => call.send());
    this.broken = undefined;
    const {answer, answeredAfterMs} = course;
    sent.then(
      (result) => answer === 'result' && this.#answer(call, answeredAfterMs, () => call.resolve(result)),
      (error: unknown) =>
        answer === 'result' && this.#answer(call, answeredAfterMs, () => call.reject(error)),
    );
  }

  #answer({process}: Call, afterMs: number, settle: () => void): void {
    this.#time.after(afterMs, () => {
      if (process.isAlive) settle();
    });
  }

  #courseOf(fault: Fault | undefined): Course {
    const latencyMs = this.#chance.between(5, 200);
    const whole: Course = {arrivesAfterMs: latencyMs, answer: 'result', answeredAfterMs: latencyMs};
    const unknown: Course = {answer: 'unknown', answeredAfterMs: DEADLINE_MS};
    switch (fault) {
      case undefined:
        return whole;
      case 'crash-before':
        return {answer: 'none', answeredAfterMs: 0};
      case 'crash-after':
        return {...whole, answer: 'none'};
      case 'stall-before':
        return {...whole, arrivesAfterMs: this.#chance.between(...STALL_MS)};
      case 'stall-after':
        return {...whole, answeredAfterMs: this.#chance.between(...STALL_MS)};
      case 'refused':
        return {answer: 'refused', answeredAfterMs: latencyMs};
      case 'timeout-lost':
        return unknown;
      case 'timeout-applied':
        return {...unknown, arrivesAfterMs: latencyMs};
      case 'timeout-applied-late':
        return {...unknown, arrivesAfterMs: DEADLINE_MS + this.#chance.between(0, LATE_MS)};
      case 'error-lost':
        return {...unknown, answeredAfterMs: latencyMs};
      case 'error-applied':
        return {...unknown, arrivesAfterMs: latencyMs, answeredAfterMs: 2 * latencyMs};
      case 'applied-twice':
        return {...whole, isAppliedTwice: true};
      case 'unpublished':
        return {...whole, broken: 'publish'};
      case 'unmarked':
        return {...whole, broken: 'mark', answer: 'none'};
      default:
        return fault satisfies never;
    }
  }
}
