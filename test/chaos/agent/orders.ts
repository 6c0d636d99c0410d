import {readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Boundary, Edge} from './boundaries.ts';

/** What shall happen to a process, and when. */
export interface Order {
  readonly id: string;
  /** The function, or `cloud`. */
  readonly service: string;
  /** Goes to the process; `RESET` breaks the connection of the request and spares the process. */
  readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGTERM' | 'RESET';
  readonly edge: Edge;
  /** Part of method and path of the request, as a regular expression. */
  readonly request: string;
  /** How many such boundaries each process passes before. */
  readonly passOver: number;
}

/** An order that was carried out. */
export interface Hit extends Order {
  readonly pid: number;
  /** The request in which it happened. */
  readonly at: string;
}

/** Folders of a rig: orders to carry out, and those carried out. */
export const foldersOf = (root: string) => ({orders: join(root, 'orders'), hits: join(root, 'hits')});

/** Carries out the first order that fits where this process is. Each order is carried out by one process only. */
export function obey(root: string, service: string): (boundary: Boundary) => void {
  const {orders, hits} = foldersOf(root);
  const passed = new Map<string, number>();

  function isDue(order: Order, {edge, request, reset}: Boundary): boolean {
    if (order.edge !== edge || !new RegExp(order.request).test(request)) return false;
    if (order.signal === 'RESET' && reset === undefined) return false;
    const times = passed.get(order.id) ?? 0;
    passed.set(order.id, times + 1);
    return times >= order.passOver;
  }

  return (boundary) => {
    for (const file of readdirSync(orders).filter((name) => name.startsWith(`${service}.`))) {
      const order = read(join(orders, file));
      if (order === undefined || !isDue(order, boundary)) continue;
      const claimed = join(root, file);
      if (!claim(join(orders, file), claimed)) continue;
      const hit: Hit = {...order, pid: process.pid, at: boundary.request};
      writeFileSync(claimed, JSON.stringify(hit));
      // Whole at once, for a reader that looks at this moment.
      renameSync(claimed, join(hits, file));
      return carryOut(order, boundary);
    }
  };
}

function carryOut({signal}: Order, {reset}: Boundary): void {
  if (signal === 'RESET') reset?.();
  else process.kill(process.pid, signal);
}

/** Undefined when another process has just claimed it. */
function read(file: string): Order | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Order;
  } catch {
    return undefined;
  }
}

function claim(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
