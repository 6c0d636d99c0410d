import type {Chance} from './chance.ts';

/** What can befall one call. A request that was sent lives on when its sender has died. */
const FAULTS = [
  'crash-before',
  'crash-after',
  'stall-before',
  'stall-after',
  'refused',
  'timeout-lost',
  'timeout-applied',
  'timeout-applied-late',
  'error-lost',
  'error-applied',
  'applied-twice',
  'unpublished',
  'unmarked',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Says what befalls the call with this number; undefined for most. */
export type FaultPlan = (call: number, name: string) => Fault | undefined;

/** Shares of all calls, as the design's figures were measured with. */
const SHARES: Readonly<Record<Fault, number>> = {
  'crash-before': 0.02,
  'crash-after': 0.02,
  'stall-before': 0.003,
  'stall-after': 0.003,
  refused: 0.024,
  'timeout-lost': 0.024,
  'timeout-applied': 0.048,
  'timeout-applied-late': 0.024,
  'error-lost': 0.01,
  'error-applied': 0.01,
  'applied-twice': 0.01,
  unpublished: 0.1,
  unmarked: 0.1,
};

/** Their clients send a request once. The clients of the other ports may commit a transaction again that was committed already. */
const SENT_ONCE = new Set(['objects', 'builds', 'jobs', 'models', 'messages', 'workflows']);

/** What stores a notification and then publishes it. */
const ANNOUNCING = new Set(['runs.advance', 'runs.fail', 'outbox.publish']);

/** The kinds of faults that mean something for a call of this name. */
export function faultsOf(name: string): readonly Fault[] {
  return FAULTS.filter((fault) => canBefall(fault, name));
}

function canBefall(fault: Fault, name: string): boolean {
  switch (fault) {
    case 'applied-twice':
      return !SENT_ONCE.has(name.split('.')[0] ?? '');
    case 'unpublished':
    case 'unmarked':
      return ANNOUNCING.has(name);
    default:
      return true;
  }
}

/** A random half of the kinds is switched off: some bugs need one kind without the others. */
export function swarm(chance: Chance): FaultPlan {
  const kinds = FAULTS.filter(() => chance.happens(0.5));
  return (_, name) => kinds.find((kind) => canBefall(kind, name) && chance.happens(SHARES[kind]));
}

export const noFaults: FaultPlan = () => undefined;

/** Exactly one fault, at the call with this number. */
export function singleFault(at: number, fault: Fault): FaultPlan {
  return (call) => (call === at ? fault : undefined);
}
