import {z} from 'zod';
import {costSchema, estimateSchema} from './cost.ts';
import {decisionSchema} from './gate/decision.ts';
import {pipelineSchema} from './pipeline.ts';
import {warningSchema} from './split/warnings.ts';

/**
 * States in the order a run passes through them; the number is the rank. A run only moves to a higher rank.
 * States ending in `-ing` wait for something outside: a split, a build, a job, a deployment; a `canary` waits for a person.
 */
export const RANKS = {
  received: 0,
  splitting: 10,
  split: 20,
  building: 30,
  built: 40,
  tuning: 50,
  tuned: 60,
  training: 70,
  trained: 80,
  releasing: 90,
  canary: 95,
  released: 100,
  rejected: 100,
  failed: 100,
  cancelled: 100,
  superseded: 100,
} as const;

export type RunState = keyof typeof RANKS;

/** Nothing has been paid for yet but a shared build, so a newer generation of the object may take the run's place. */
const BEFORE_TUNING = ['received', 'splitting', 'split', 'building', 'built'] as const;
const ACTIVE = [...BEFORE_TUNING, 'tuning', 'tuned', 'training', 'trained', 'releasing', 'canary'] as const;

/**
 * What can happen to a run, by the state it leads to: the states that it moves a run out of.
 * docs/reference/state-machine.md shows every cell.
 */
const MOVES: Readonly<Record<RunState, readonly RunState[]>> = {
  received: [],
  splitting: ['received'],
  split: ['splitting'],
  building: ['split'],
  built: ['split', 'building'],
  tuning: ['built'],
  tuned: ['tuning'],
  training: ['tuned'],
  trained: ['training'],
  releasing: ['trained'],
  canary: ['releasing'],
  released: ['releasing', 'canary'],
  rejected: ['trained'],
  failed: ACTIVE,
  cancelled: ACTIVE,
  superseded: BEFORE_TUNING,
};

/** Terminal states absorb: whatever arrives later changes nothing. */
export function isTerminal(state: RunState): boolean {
  return RANKS[state] === RANKS.failed;
}

/** Where a run stands: its state, and whether somebody wants it to end. */
export interface Standing {
  readonly state: RunState;
  readonly cancelRequested?: unknown;
}

/** May something begin for this run? Not for one that is unknown, has ended or shall be cancelled. */
export function isOpen(run: Standing | undefined): boolean {
  return run !== undefined && !isTerminal(run.state) && run.cancelRequested === undefined;
}

/**
 * May a run go from its state to another?
 * `already` covers a replay (the run is there or further) and an end that comes too late, so that the caller announces again
 * and stops; `illegal` a jump over states; `cancelling` a move that a requested cancellation
 * forbids: from then on a run only becomes `cancelled`.
 */
export function judge(
  {state: from, cancelRequested}: Standing,
  to: RunState,
): 'apply' | 'already' | 'illegal' | 'cancelling' {
  if (MOVES[to].includes(from)) {
    return cancelRequested !== undefined && to !== 'cancelled' ? 'cancelling' : 'apply';
  }
  // A newer generation that comes too late is no mistake.
  if (isTerminal(from) || to === 'superseded') return 'already';
  return RANKS[from] >= RANKS[to] ? 'already' : 'illegal';
}

const stateSchema = z.enum([...ACTIVE, 'released', 'rejected', 'failed', 'cancelled', 'superseded']);

const partSchema = z.object({uri: z.string(), rows: z.number().int()});

const trialSchema = z.object({
  id: z.string(),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])),
  metric: z.number(),
});

/** What the stages have found out about a run so far; each stage adds its part and never changes another's. */
const factsSchema = z.object({
  definition: z.object({digest: z.string(), pipeline: pipelineSchema}).optional(),
  /** The run that the data are compared with, chosen when the split began, so that doing it again gives the same manifest. */
  baseline: z.object({run: z.string(), manifest: z.string()}).optional(),
  split: z
    .object({
      manifest: z.string(),
      manifestSha256: z.string(),
      columns: z.array(z.string()),
      parts: z.object({training: partSchema, validation: partSchema, test: partSchema}),
      rejected: z.number().int(),
      labelSentence: z.string(),
      /** Absent when there are none. */
      warnings: z.array(warningSchema).optional(),
    })
    .optional(),
  image: z
    .object({
      tag: z.string(),
      uri: z.string(),
      digest: z.string().optional(),
      build: z.string().optional(),
      reused: z.boolean(),
    })
    .optional(),
  tuning: z
    .object({
      job: z.string(),
      /** What was searched, once a best trial is known: a later search of the same can go on from this one. */
      search: z.string().optional(),
      best: trialSchema.optional(),
      why: z.string().optional(),
    })
    .optional(),
  training: z
    .object({
      job: z.string(),
      modelDir: z.string(),
      metrics: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
  /** Made when the definition is known; of a rerun, for what is still to come. */
  estimate: estimateSchema.optional(),
  /** Of what has ended in this run; a rerun has a cost of its own. */
  cost: costSchema.optional(),
  /** The newer generation of the same object that has taken this one's place. */
  supersededBy: z.string().optional(),
  /** How the jobs of a cancelled run were seen to end; one may have succeeded in the meantime. */
  ended: z.array(z.object({job: z.string(), state: z.enum(['succeeded', 'failed', 'cancelled'])})).optional(),
  /** Somebody lets in what the gate keeps out. */
  approval: z.object({by: z.string(), reason: z.string()}).optional(),
  /** Of a roll-back: the version that shall answer again, the run that made it, and who wants that. */
  restores: z.object({version: z.string(), run: z.string(), by: z.string(), reason: z.string()}).optional(),
  release: z
    .object({
      sentence: z.string(),
      /** The version that answered before. */
      replaces: z.string().optional(),
      /** With every number the gate looked at. */
      decision: decisionSchema.optional(),
      model: z.string().optional(),
      version: z.string().optional(),
      endpoint: z.string().optional(),
      /** Percent of the traffic until somebody promotes it; absent when it gets all at once. */
      canary: z.int().optional(),
    })
    .optional(),
});

export type RunFacts = z.output<typeof factsSchema>;

/** Where a rerun can begin: at the work of a stage whose input an earlier run has left. */
export const RERUN_STAGES = ['split', 'build', 'tune', 'train', 'release'] as const;

const complaintSchema = z.object({
  code: z.string(),
  message: z.string(),
  where: z.string().optional(),
  hint: z.string().optional(),
});

/** What somebody has asked for, and why. */
const wishSchema = z.object({by: z.string(), reason: z.string(), at: z.string()});

export const runSchema = factsSchema.extend({
  id: z.string(),
  pipeline: z.string(),
  state: stateSchema,
  /** Grows by one with each write. */
  rev: z.number().int(),
  input: z.object({
    bucket: z.string(),
    name: z.string(),
    generation: z.string(),
    epoch: z.number().int(),
  }),
  /** Of a rerun: the run it repeats, and the stage from which on; what comes before is taken over from there. */
  parent: z.string().optional(),
  from: z.enum(RERUN_STAGES).optional(),
  /** Instants in ISO 8601, by the database's clock. */
  createdAt: z.string(),
  updatedAt: z.string(),
  history: z.array(z.object({state: stateSchema, at: z.string()})),
  failure: complaintSchema.extend({stage: z.string()}).optional(),
  /** The last retryable problem of the stage now under way. */
  trouble: z.object({stage: z.string(), message: z.string(), at: z.string()}).optional(),
  /** The failed attempts of each stage since the run last moved. `execution` looks after them until they are `released`. */
  retries: z
    .record(
      z.string(),
      z.object({
        failures: z.number().int(),
        message: z.string(),
        /** When the last of them failed: server time. */
        failedAtMs: z.number().optional(),
        execution: z.string().optional(),
        released: z.boolean(),
      }),
    )
    .optional(),
  /** The run waits for a permit. */
  waiting: z.object({door: z.string(), since: z.string()}).optional(),
  /** Somebody wants the canary to have all the traffic. */
  promoteRequested: wishSchema.optional(),
  /** Somebody wants the run to end; it does when its jobs have been seen ended. */
  cancelRequested: wishSchema.optional(),
});

export type Run = z.output<typeof runSchema>;
export type RunInput = Run['input'];
export type RerunStage = (typeof RERUN_STAGES)[number];

/** What a run is created with: `received` with nothing, or a rerun in a later state with what it takes over. */
export type NewRun = Pick<Run, 'id' | 'pipeline' | 'input' | 'parent' | 'from'> &
  RunFacts & {readonly state?: RunState};
