import {z} from 'zod';
import {awaitedKindOf} from '../shared/domain/awaited-job.ts';
import {bestTrial, explainChoice} from '../shared/domain/best-trial.ts';
import {isSpent, nodeHoursAllowed, nodeHoursOf} from '../shared/domain/budget.ts';
import {type Cost, costWith, type Expected} from '../shared/domain/cost.ts';
import type {Standing} from '../shared/domain/effect.ts';
import {jobLogSchema, messageOf, runMessageSchema} from '../shared/domain/events.ts';
import type {Pipeline} from '../shared/domain/pipeline.ts';
import type {Run, RunState} from '../shared/domain/run.ts';
import type {RankedTrial} from '../shared/domain/trial.ts';
import {trialEnds} from '../shared/domain/trial-ends.ts';
import {oddParameter} from '../shared/domain/trial-parameters.ts';
import {searchOf, warmStartSentence} from '../shared/domain/warm-start.ts';
import {leaveDoor, passDoor} from '../shared/doors.ts';
import {type Complaint, RetryableError} from '../shared/errors.ts';
import {findJob, findJobOf} from '../shared/find-job.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import {adopt, findStanding} from '../shared/find-standing.ts';
import type {Stage} from '../shared/handle.ts';
import type {Job} from '../shared/job-ports.ts';
import type {Ports} from '../shared/ports.ts';
import {assertModelDigest, readExport} from '../shared/read-export.ts';
import {modelFolder, startTrainingJob, startTuningJob} from '../shared/start-jobs.ts';

/** Either the service tells of a job, or somebody asks to look at the job of a run. */
type Input = {readonly runId: string} | {readonly runId?: never; readonly jobId: string};

interface Known {
  readonly run?: Run | undefined;
  /** Absent when no job is on record for what the run waits for. */
  readonly job?: Job | undefined;
  readonly standing?: Standing;
}

/** What is known of an ended job that is the run's. */
interface Ended {
  readonly run: Run;
  readonly job: Job;
}

/** What tuning has found. */
type Tuning = NonNullable<Run['tuning']>;

/** What follows from the job's end. */
type Verdict =
  | (Ended & {readonly kind: 'fail'; readonly complaint: Complaint})
  | (Ended & {readonly kind: 'train'; readonly tuning: Tuning})
  | (Ended & {readonly kind: 'verify'});

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'start-again'; readonly run: Run; readonly jobKind: Job['kind']}
  | (Ended & {readonly kind: 'reopen'})
  | (Verdict & {readonly cost: Cost; readonly estimate?: Expected | undefined});

/** A job ended. Of a tuning job the best trial is trained again; of a training job the export is verified. */
export const completeJob: Stage<Input, Known, Plan> = {
  name: 'complete-job',

  parse(delivery) {
    const {body} = messageOf(z.union([runMessageSchema, jobLogSchema]), delivery);
    return 'runId' in body ? {runId: body.runId} : {jobId: body.resource.labels.job_id};
  },

  async load(input, ports) {
    if (input.runId === undefined) {
      const job = await findJob(input.jobId, ports);
      if (job?.runId === undefined) return {};
      return {job, run: await ports.runs.find(job.runId), standing: await findStanding(job, ports)};
    }
    const run = await findRun(input.runId, ports);
    const kind = awaitedKindOf(run.state);
    const job = kind && (await findJobOf(run, kind, ports));
    return job === undefined ? {run} : {run, job, standing: await findStanding(job, ports)};
  },

  plan(_input, {run, job, standing}) {
    if (run === undefined) return {kind: 'skip', why: 'not a job of a known run'};
    // Without its job, what tuning has found is still on record; in a rerun it comes from the run before.
    const jobKind = job?.kind ?? (run.state === 'tuned' ? 'training' : awaitedKindOf(run.state));
    if (jobKind === undefined || !STATES_OF[jobKind].includes(run.state))
      return {kind: 'skip', why: `run is ${run.state}`};
    if (job === undefined || standing === 'given-up') return {kind: 'start-again', run, jobKind};
    if (!hasEnded(job)) return {kind: 'skip', why: `the job is ${job.state}`};
    if (standing === 'stray') return {kind: 'skip', why: 'the run goes on with another job'};
    if (job.fault === 'service') return {kind: 'reopen', run, job};
    const cost = costWith(run, job.kind, hoursOf(job));
    if (job.kind === 'training') return {...planTrained(job, run), cost};
    return {...planTuned(job, run), cost, estimate: run.estimate?.training};
  },

  async perform(plan, ports) {
    if (plan.kind === 'skip') return;
    if (plan.kind === 'start-again') return startAgain(plan, ports);
    await adopt(plan.job, ports);
    if (plan.kind === 'reopen') return reopen(plan, ports);
    await leaveDoor(plan.job.kind, plan.run.id, ports);
    if (plan.kind === 'fail') await ports.runs.fail(plan.run.id, 'complete-job', plan.complaint, plan.cost);
    if (plan.kind === 'train') await train(plan, ports);
    if (plan.kind === 'verify') await verify(plan, ports);
  },
};

function hasEnded({state}: Job): boolean {
  return state !== 'waiting' && state !== 'running';
}

/** The states in which a run has use for the end of a job, which can overtake the record of its start. */
const STATES_OF: Readonly<Record<Job['kind'], readonly RunState[]>> = {
  tuning: ['built', 'tuning', 'tuned'],
  training: ['tuned', 'training', 'trained'],
};

/** Of one machine: each trial has one, and so has the final training. */
function hoursOf(job: Job): number {
  const untilMs = Date.parse(job.endTime ?? job.createTime);
  return nodeHoursOf(job.kind === 'tuning' ? job.trials : [job], untilMs);
}

function planTuned(job: Job, run: Run): Verdict {
  const {pipeline} = factOf(run, 'definition');
  const {goal, metric} = pipeline.tune;
  const stop = budgetStop(job, run, pipeline);
  const best = bestTrial(job.trials, goal);
  if (best === undefined || (job.state !== 'succeeded' && stop === undefined)) {
    const complaint = stop === undefined ? tuningComplaint(job, metric) : budgetComplaint(job, metric, stop);
    return {kind: 'fail', run, job, complaint};
  }
  const odd = oddParameter(best, pipeline.tune.parameters);
  if (odd !== undefined) return {kind: 'fail', run, job, complaint: oddTrialComplaint(job, best, odd)};
  const {id, parameters} = best;
  const why = [
    explainChoice(best, job.trials, goal),
    ...warmStartSentence(pipeline.tune, job.resumes),
    ...(stop === undefined ? [] : [stop]),
  ].join('; ');
  const found = {best: {id, parameters, metric: best.metric}, search: searchOf(pipeline), why};
  return {kind: 'train', run, job, tuning: {job: job.name, ...found}};
}

/** That the budget has ended the job; undefined when something else has. */
function budgetStop(job: Job, run: Run, pipeline: Pipeline): string | undefined {
  const hourly = run.estimate?.tuning?.hourly;
  const nodeHours = hoursOf(job);
  if (job.state !== 'cancelled' || !isSpent(nodeHours, pipeline, hourly)) return undefined;
  const allowed = Number(nodeHoursAllowed(pipeline.budget, hourly)?.toFixed(2));
  return `tuning ended after ${nodeHours.toFixed(2)} of ${allowed} node-hours`;
}

function budgetComplaint({name, trials}: Job, metric: string, stop: string): Complaint {
  const message = `${stop}, before any of ${trials.length} trials gave a finite "${metric}"${endsOf(trials)}`;
  const hint = 'Raise the budget, or let a trial take less time or a faster machine; push, then rerun.';
  return {code: 'BUDGET_SPENT', message, where: name, hint};
}

function oddTrialComplaint({name: where}: Job, {id, parameters}: RankedTrial, odd: string): Complaint {
  const value = parameters[odd];
  const message = `the best trial, ${id}, has ${value === undefined ? 'no value' : `the value ${JSON.stringify(value)}`} for the parameter ${odd}`;
  const hint = 'Rerun from the stage tune; if it comes again, tell the service.';
  return {code: 'TRIAL_PARAMS', message, where, hint};
}

function tuningComplaint(job: Job, metric: string): Complaint {
  const hint =
    'Read the log of the job, or run the trainer by hand on a few rows; mend it, then push and drop again.';
  if (job.state !== 'succeeded') {
    const verb = job.state === 'cancelled' ? 'was cancelled' : 'failed';
    const message = `the tuning job ${verb}: ${job.why ?? 'no reason given'}${endsOf(job.trials)}`;
    return {code: 'TUNING_FAILED', message, where: job.name, hint};
  }
  const message = `none of ${job.trials.length} trials gave a finite "${metric}"${endsOf(job.trials)}`;
  return {code: 'NO_FEASIBLE_TRIAL', message, where: job.name, hint};
}

function endsOf(trials: Job['trials']): string {
  return trials.length === 0 ? '' : `; trials: ${trialEnds(trials)}`;
}

function planTrained(job: Job, run: Run): Verdict {
  if (job.state === 'succeeded') return {kind: 'verify', run, job};
  const message = `the training job ${job.state === 'cancelled' ? 'was cancelled' : 'failed'}: ${job.why ?? 'no reason given'}`;
  const hint = "Read the job's log, mend the trainer, then push and drop again.";
  return {kind: 'fail', run, job, complaint: {code: 'TRAINING_FAILED', message, where: job.name, hint}};
}

async function train({run, job, tuning, cost}: Plan & {kind: 'train'}, ports: Ports): Promise<void> {
  // A completion can overtake the record of its own start.
  await ports.runs.advance(run.id, 'tuning', {tuning: {job: job.name}});
  await ports.runs.advance(run.id, 'tuned', {tuning, cost});
  await startTraining({...run, tuning}, ports);
}

async function startTraining(run: Run, ports: Ports): Promise<void> {
  if (!(await passDoor('training', {runId: run.id, holder: run.id}, ports))) return;
  const job = await startTrainingJob(run, ports);
  await ports.runs.advance(run.id, 'training', {training: {job, modelDir: modelFolder(run, ports)}});
}

/** The evidence of a good export is in the bucket, not in the job's state. */
async function verify({run, job, cost}: Plan & {kind: 'verify'}, ports: Ports): Promise<void> {
  const modelDir = modelFolder(run, ports);
  const evaluation = await readExport(modelDir, ports);
  await assertModelDigest(evaluation, modelDir, ports);
  const {metrics} = evaluation;
  await ports.runs.advance(run.id, 'training', {training: {job: job.name, modelDir}});
  await ports.runs.advance(run.id, 'trained', {training: {job: job.name, modelDir, metrics}, cost});
  await ports.messages.publish('model-exported', {runId: run.id});
}

/** The job was refused admission, has failed, or nobody knows whether it was made: on to the next attempt, under the same permit. */
async function startAgain({run, jobKind}: Plan & {kind: 'start-again'}, ports: Ports): Promise<void> {
  if (jobKind === 'training') return startTraining(run, ports);
  await ports.runs.advance(run.id, 'tuning', {tuning: {job: await startTuningJob(run, ports)}});
}

/** @throws RetryableError always: the next delivery finds the attempt given up and starts the next one */
async function reopen({job}: Ended, ports: Ports): Promise<never> {
  await ports.effects.reopen(job.effectKey ?? '', job.name);
  throw new RetryableError(`the service failed the ${job.kind} job: ${job.why ?? 'no reason given'}`);
}
