import {setTimeout as delay} from 'node:timers/promises';
import type {Hit} from './agent/orders.ts';
import type {Rig} from './rig.ts';
import type {Trouble} from './variants.ts';

const LOOK_MS = 100;
/** Longer than the quarantine, so that somebody else has gone on meanwhile. */
const STOPPED_MS = 15_000;
/** What Cloud Run leaves a process between SIGTERM and SIGKILL. */
const GRACE_MS = 1_000;

/** A signal that follows at its time. */
interface Pending {
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  readonly atMs: number;
}

/** Brings the trouble of a round over a rig, until it is told to stop: then everybody works again. */
export function attend(rig: Rig, {orders, blows}: Trouble): {stop(): Promise<readonly Hit[]>} {
  const start = performance.now();
  const due = blows.map(({service, afterMs}) => ({service, atMs: start + afterMs}));
  const pending: Pending[] = [];
  const seen = new Map<string, Hit>();
  let isOver = false;

  async function look(): Promise<void> {
    const ours = new Set(orders.map(({id}) => id));
    const fresh = (await rig.hits()).filter(({id}) => ours.has(id) && !seen.has(id));
    for (const hit of fresh) seen.set(hit.id, hit);
    pending.push(...fresh.flatMap(followUp));
    for (const {pid, signal} of takeDue(pending)) send(pid, signal);
    for (const {service} of takeDue(due)) await strike(service);
  }

  async function strike(service: string): Promise<void> {
    const pid = await rig.pid(service);
    if (pid !== undefined && send(pid, 'SIGKILL')) seen.set(`blow ${seen.size}`, blow(service, pid));
  }

  async function keepLooking(): Promise<void> {
    while (!isOver) {
      await look();
      await delay(LOOK_MS);
    }
  }

  const looking = rig.order(orders).then(keepLooking);
  return {
    async stop() {
      await rig.withdraw();
      await look();
      while (pending.length > 0) await delay(LOOK_MS);
      isOver = true;
      await looking;
      return [...seen.values()];
    },
  };
}

/** Whoever was stopped goes on later; whoever was asked to end is made to. */
function followUp({pid, signal}: Hit): Pending[] {
  const now = performance.now();
  if (signal === 'SIGSTOP') return [{pid, signal: 'SIGCONT', atMs: now + STOPPED_MS}];
  return signal === 'SIGTERM' ? [{pid, signal: 'SIGKILL', atMs: now + GRACE_MS}] : [];
}

function blow(service: string, pid: number): Hit {
  const signal = 'SIGKILL';
  return {
    id: '0.at a random moment',
    service,
    signal,
    edge: 'received',
    request: '',
    passOver: 0,
    pid,
    at: '',
  };
}

function takeDue<T extends {atMs: number}>(list: T[]): T[] {
  const now = performance.now();
  const isDue = ({atMs}: T) => atMs <= now;
  const found = list.filter(isDue);
  list.splice(0, list.length, ...list.filter((item) => !isDue(item)));
  return found;
}

/** @returns false when there is no such process any more */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
