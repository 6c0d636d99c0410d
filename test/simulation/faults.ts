import type {Chance} from './chance.ts';

/** What can befall one call. A request that was sent lives on when its sender has died. */
export const FAULTS = [
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
};

/** A random half of the kinds is switched off: some bugs need one kind without the others. */
export function swarm(chance: Chance): FaultPlan {
  const kinds = FAULTS.filter(() => chance.happens(0.5));
  return () => kinds.find((kind) => chance.happens(SHARES[kind]));
}

export const noFaults: FaultPlan = () => undefined;

/** Exactly one fault, at the call with this number. */
export function singleFault(at: number, fault: Fault): FaultPlan {
  return (call) => (call === at ? fault : undefined);
}
