import {isEligible, type Trial} from './trial.ts';

/** How a trial can end, in the order in which they are told. */
const ENDS = [
  'finished',
  'stopped early',
  'infeasible',
  'failed',
  'cancelled',
  'without a metric',
  'with a metric that is not finite',
  'not ended',
] as const;

type End = (typeof ENDS)[number];

const REASON_LENGTH = 160;

/**
 * How many trials ended in which way, and of those that gave nothing the first reason known, by number:
 * `4 finished, 1 stopped early, 1 infeasible (exit code 1)`. The same for any order of the list.
 */
export function trialEnds(trials: readonly Trial[]): string {
  const byEnd = Map.groupBy(
    trials.toSorted((a, b) => Number(a.id) - Number(b.id)),
    endOf,
  );
  return ENDS.flatMap((end) => {
    const ended = byEnd.get(end);
    if (ended === undefined) return [];
    const reason = ended.find(({why}) => why !== undefined)?.why;
    return [`${ended.length} ${end}${reason === undefined ? '' : ` (${inOneLine(reason)})`}`];
  }).join(', ');
}

function endOf(trial: Trial): End {
  const {state, metric, isStoppedEarly} = trial;
  if (state === 'requested' || state === 'active') return 'not ended';
  if (state === 'stopping' || (isStoppedEarly && isEligible(trial))) return 'stopped early';
  if (state !== 'succeeded') return state;
  if (metric === undefined) return 'without a metric';
  return Number.isFinite(metric) ? 'finished' : 'with a metric that is not finite';
}

/** A reason can have a log under it: its first line says what happened, its last one why. */
function inOneLine(reason: string): string {
  const lines = reason
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [first = '', ...rest] = lines;
  return [first, ...rest.slice(-1)].map(shortened).join(' … ');
}

function shortened(line: string): string {
  return line.length <= REASON_LENGTH ? line : `${line.slice(0, REASON_LENGTH - 1)}…`;
}
