import {z} from 'zod';
import {costFault} from '../shared/domain/budget.ts';
import type {Expected} from '../shared/domain/cost.ts';
import {buildMessageSchema, messageOf, runMessageSchema} from '../shared/domain/events.ts';
import {supersederOf} from '../shared/domain/generation.ts';
import type {Run} from '../shared/domain/run.ts';
import {trainerEffectKey} from '../shared/domain/trainer-image.ts';
import {passDoor} from '../shared/doors.ts';
import {PermanentError} from '../shared/errors.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import type {Build} from '../shared/job-ports.ts';
import {observeBuild} from '../shared/observe-build.ts';
import type {Ports} from '../shared/ports.ts';
import {startTuningJob} from '../shared/start-jobs.ts';
import {supersede} from '../shared/supersede.ts';

/** Either Cloud Build tells of a build, or a run's image is ready. */
type Input = {readonly runId: string} | {readonly runId?: never; readonly buildId: string};

type Known =
  | {readonly run: Run; readonly head: string | undefined}
  | {readonly run?: never; readonly build: Build | undefined};

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'observe'; readonly build: Build; readonly effectKey: string}
  | {readonly kind: 'supersede'; readonly runId: string; readonly by: string}
  | {readonly kind: 'tune'; readonly run: Run; readonly estimate: Expected | undefined};

/** A build ended: the runs that wait for it go on. A run's image is ready: one tuning job. */
export const startTuning: Stage<Input, Known, Plan> = {
  name: 'start-tuning',

  parse(delivery) {
    const {body} = messageOf(z.union([runMessageSchema, buildMessageSchema]), delivery);
    return 'runId' in body ? {runId: body.runId} : {buildId: body.id};
  },

  async load(input, ports) {
    if (input.runId !== undefined) {
      const run = await findRun(input.runId, ports);
      return {run, head: await ports.drops.head(run.input)};
    }
    return {build: await ports.builds.read(input.buildId)};
  },

  plan(_input, known) {
    if (known.run !== undefined) return planRun(known.run, known.head);
    const {build} = known;
    const effectKey = build?.tag === undefined ? undefined : trainerEffectKey(build.tag);
    if (build === undefined || effectKey === undefined)
      return {kind: 'skip', why: 'not a build of a trainer image'};
    if (build.state === 'waiting') return {kind: 'skip', why: 'the build has not ended'};
    return {kind: 'observe', build, effectKey};
  },

  async perform(plan, ports) {
    if (plan.kind === 'observe') await observeBuild(plan.build, plan.effectKey, ports);
    if (plan.kind === 'supersede') await supersede(plan, ports);
    if (plan.kind === 'tune') await tune(plan.run, ports);
  },
};

/** The last door before money is spent on this run alone: here a newer generation of its object takes its place. */
function planRun(run: Run, head: string | undefined): Plan {
  if (run.state !== 'built') return {kind: 'skip', why: `run is ${run.state}`};
  const by = supersederOf(run.input, head);
  if (by !== undefined) return {kind: 'supersede', runId: run.id, by};
  const estimate = run.estimate?.tuning;
  assertAffordable(run, estimate);
  return {kind: 'tune', run, estimate};
}

/** @throws PermanentError BUDGET_REFUSED */
function assertAffordable(run: Run, estimate: Expected | undefined): void {
  const fault = costFault(factOf(run, 'definition').pipeline, estimate?.hourly);
  if (fault === undefined) return;
  throw new PermanentError('BUDGET_REFUSED', `tuning was not begun: ${fault}`, {
    where: 'pipeline.yaml: budget.maxCost',
    hint: 'Raise budget.maxCost, or give maxNodeHours instead; push, then rerun.',
  });
}

async function tune(run: Run, ports: Ports): Promise<void> {
  if (!(await passDoor('tuning', {runId: run.id, holder: run.id}, ports))) return;
  await ports.runs.advance(run.id, 'tuning', {tuning: {job: await startTuningJob(run, ports)}});
}
