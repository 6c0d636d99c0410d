import type {Pipeline} from './pipeline.ts';
import {RERUN_STAGES, type RerunStage, type Run, type RunFacts, type RunState} from './run.ts';
import type {RunTopic} from './run-topic.ts';

type Fact = 'definition' | 'baseline' | 'split' | 'image' | 'tuning' | 'training';
type Section = Exclude<keyof Pipeline, 'name'>;

/** How a rerun from a stage begins. */
export interface Beginning {
  readonly state: RunState;
  /** Who is told to look at the run. */
  readonly topic: RunTopic;
  /** What the earlier run must have, and the rerun takes over. */
  readonly takes: readonly Fact[];
  /** What of pipeline.yaml the rerun can still be given otherwise: the rest has made what it takes over. */
  readonly sections: readonly Section[];
}

export const BEGINNINGS: Readonly<Record<RerunStage, Beginning>> = {
  split: {
    state: 'received',
    topic: 'run-accepted',
    takes: [],
    sections: ['data', 'split', 'trainer', 'tune', 'budget', 'train', 'gate', 'serve', 'retry', 'platform'],
  },
  build: {
    state: 'split',
    topic: 'split-ready',
    takes: ['definition', 'split'],
    sections: ['trainer', 'tune', 'budget', 'train', 'gate', 'serve', 'retry', 'platform'],
  },
  tune: {
    state: 'built',
    topic: 'image-ready',
    takes: ['definition', 'split', 'image'],
    sections: ['tune', 'budget', 'train', 'gate', 'serve', 'retry', 'platform'],
  },
  train: {
    state: 'tuned',
    topic: 'job-complete',
    takes: ['definition', 'split', 'image', 'tuning'],
    sections: ['train', 'gate', 'serve', 'retry'],
  },
  release: {
    state: 'trained',
    topic: 'model-exported',
    takes: ['definition', 'split', 'image', 'tuning', 'training'],
    sections: ['gate', 'serve', 'retry'],
  },
};

/** The latest stage that a run has got to, of those a rerun can begin at. */
export function lastStageBegun({from = 'split', history}: Run): RerunStage {
  const begun = history.map(({state}) => state);
  return RERUN_STAGES.findLast((stage) => begun.includes(BEGINNINGS[stage].state)) ?? from;
}

/** A part of a pipeline.yaml, as JSON. */
export type Overrides = Readonly<Record<string, unknown>>;

/** The keys of overrides that come too late for a rerun from this stage, or are no keys of pipeline.yaml's own. */
export function lateOverrides(overrides: Overrides, from: RerunStage): readonly string[] {
  const allowed: readonly string[] = BEGINNINGS[from].sections;
  return Object.keys(overrides).filter((key) => !allowed.includes(key));
}

/** The facts a rerun from a stage takes over; a missing one is left out. The run compared with goes along with the split. */
export function takenOver(run: Run, from: RerunStage): RunFacts {
  const {takes} = BEGINNINGS[from];
  const {definition, baseline, split, image, tuning, training} = run;
  const facts = {
    definition,
    baseline: takes.includes('split') ? baseline : undefined,
    split,
    image,
    tuning,
    training,
  };
  const taken = Object.entries(facts).filter(
    ([fact, value]) => value !== undefined && (fact === 'baseline' || takes.some((name) => name === fact)),
  );
  return Object.fromEntries(taken);
}

/** Puts overrides over a document: objects key by key, everything else as a whole. */
export function merged(base: unknown, overrides: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(overrides)) return overrides;
  const changed = Object.entries(overrides).map(([key, value]) => [
    key,
    Object.hasOwn(base, key) ? merged(base[key], value) : value,
  ]);
  return {...base, ...Object.fromEntries(changed)};
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
