import type {Entry} from './ledger.ts';

/** From the end of one stage's work to the start of the next one's. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly ms: number;
}

/** When a service had ended a job, by its own record. */
export interface JobEnd {
  readonly kind: string;
  readonly atMs: number;
}

const FUNCTIONS = '/functions/';
/** Who announces what to whom. */
const ANNOUNCED = [
  {topic: 'run-accepted', from: 'receive-data', to: 'split-data'},
  {topic: 'split-ready', from: 'split-data', to: 'build-image'},
  {topic: 'image-ready', from: 'build-image', to: 'start-tuning'},
  {topic: 'model-exported', from: 'complete-job', to: 'release-model'},
] as const;

/**
 * The hops of a run that had the cloud for itself. A stage's work has ended when it opens the transaction that says so; the next one
 * has started when it asks for the first thing. What a hop holds: a transaction, a publication, a delivery.
 */
export function hopsOf(entries: readonly Entry[], jobs: readonly JobEnd[]): Hop[] {
  const announced = ANNOUNCED.flatMap(({topic, from, to}) => {
    const published = entries.findIndex((entry) => entry.topic === topic);
    const begun = entries.slice(0, published).findLast(({begins}) => begins);
    return begun === undefined ? [] : hopTo({from, to}, begun.atMs, entries.slice(published));
  });
  const completed = jobs.flatMap(({kind, atMs}) =>
    hopTo(
      {from: `${kind} job`, to: 'complete-job'},
      atMs,
      entries.filter((entry) => entry.atMs >= atMs),
    ),
  );
  return [...announced, ...completed];
}

function hopTo(ends: Omit<Hop, 'ms'>, beganMs: number, later: readonly Entry[]): Hop[] {
  const delivered = later.findIndex(({name}) => name === `${FUNCTIONS}${ends.to}`);
  const first = later.slice(delivered + 1).find(({name}) => !name.startsWith(FUNCTIONS));
  return delivered < 0 || first === undefined ? [] : [{...ends, ms: first.atMs - beganMs}];
}
