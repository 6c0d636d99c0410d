import {type Fault, faultsOf, singleFault} from './faults.ts';
import {CALM, type Outcome, type Setting, simulate} from './simulation.ts';

/**
 * What one fault may cost a run and its notification, in seconds: the time to notice it, to be sure of what came of it, and to try
 * again. A commit that is applied after its client has given up costs most: the retry finds that the run went on and leaves it,
 * and the sweep looks at a split that says nothing only after 15 minutes.
 */
const LONGEST_DELAY_S: Readonly<Record<Fault, number>> = {
  'crash-before': 240,
  'crash-after': 240,
  'stall-before': 360,
  'stall-after': 360,
  refused: 90,
  'timeout-lost': 240,
  'timeout-applied': 240,
  'timeout-applied-late': 1080,
  'error-lost': 240,
  'error-applied': 240,
  'applied-twice': 180,
  unpublished: 180,
  unmarked: 180,
};

const CALM_SEED = 1;

/** One call of the calm schedule, and what can befall it. */
export interface Place {
  readonly call: number;
  readonly faults: readonly Fault[];
  /** When the run and its notification are through without any fault: virtual milliseconds. */
  readonly calmEndMs: number;
}

export interface Played {
  readonly seed: number;
  readonly fault?: {readonly call: number; readonly kind: Fault};
  readonly outcome: Outcome;
}

/** Every call until the last function has ended; what comes after are passes of the sweep that find nothing to do. */
export async function placesOfFaults(): Promise<Place[]> {
  const outcome = await simulate(CALM_SEED, CALM);
  const last = outcome.calls.findLastIndex(({functionName}) => functionName !== 'sweep');
  const calmEndMs = endMs(outcome);
  return outcome.calls.slice(0, last + 1).map(({name}, call) => ({call, faults: faultsOf(name), calmEndMs}));
}

/** @param alter takes a rule away, to find out whether that is noticed */
export async function* playSingleFaults(
  {call, faults, calmEndMs}: Place,
  alter?: Setting['alter'],
): AsyncGenerator<Played> {
  for (const kind of faults) {
    const setting: Setting = {...CALM, faults: () => singleFault(call, kind), ...(alter && {alter})};
    const outcome = await simulate(CALM_SEED, setting);
    const found = [...lostModels(outcome), ...lostTime(outcome, kind, calmEndMs)];
    yield {
      seed: CALM_SEED,
      fault: {call, kind},
      outcome: {...outcome, violations: [...outcome.violations, ...found]},
    };
  }
}

/** One fault costs time, but no model. */
function lostModels({world}: Outcome): string[] {
  return [...world.runs.values()]
    .filter(({state}) => state !== 'released')
    .map(({id, state}) => `faults cost time only: ${id} is ${state}`);
}

function lostTime(outcome: Outcome, kind: Fault, calmEndMs: number): string[] {
  const seconds = Math.round((endMs(outcome) - calmEndMs) / 1000);
  return seconds > LONGEST_DELAY_S[kind]
    ? [`I13 one fault costs little time: ${kind} cost ${seconds} s`]
    : [];
}

function endMs({journal}: Outcome): number {
  return Math.max(...journal.moves.map(({atMs}) => atMs), ...journal.announced.values());
}
