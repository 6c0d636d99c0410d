import {columns} from '../../cli/output.ts';
import type {Hit} from './agent/orders.ts';
import {nameOf} from './variants.ts';

const SIGNALS = ['SIGKILL', 'SIGSTOP', 'SIGTERM', 'RESET'];

/** A table of how often each place was hit, and by what. */
export function summary(hits: readonly Hit[]): string {
  const places = [...Map.groupBy(hits, nameOf)].toSorted(([a], [b]) => a.localeCompare(b));
  const rows = places.map(([name, those]) => rowOf(name, those));
  return columns([['hit at', ...SIGNALS], ...rows, rowOf('all', hits)]);
}

function rowOf(name: string, hits: readonly Hit[]): string[] {
  return [name, ...SIGNALS.map((signal) => String(hits.filter((hit) => hit.signal === signal).length))];
}
