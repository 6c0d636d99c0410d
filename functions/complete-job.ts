import {z} from 'zod';
import {awaitedJobOf} from '../shared/domain/awaited-job.ts';
import {bestTrial, explainChoice, type RankedTrial} from '../shared/domain/best-trial.ts';
import {jobLogSchema, messageOf, runMessageSchema} from '../shared/domain/events.ts';
import {effectKeyOf} from '../shared/domain/ids.ts';
import type {Run} from '../shared/domain/run.ts';
import {runFolder} from '../shared/domain/run-folder.ts';
import {trainingArguments} from '../shared/domain/trainer-arguments.ts';
import {leaveDoor, passDoor} from '../shared/doors.ts';
import type {Complaint} from '../shared/errors.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import type {Job, Ports} from '../shared/ports.ts';
import {readExport} from '../shared/read-export.ts';
import {settleEffect} from '../shared/settle-effect.ts';

/** Either the service tells of a job, or somebody asks to look at the job of a run. */
type Input = {readonly runId: string} | {readonly runId?: never; readonly jobId: string};

interface Known {
  readonly job: Job | undefined;
  readonly run: Run | undefined;
}

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'fail'; readonly run: Run; readonly job: Job; readonly complaint: Complaint}
  | {
      readonly kind: 'train';
      readonly run: Run;
      readonly job: Job;
      readonly best: RankedTrial;
      readonly why: string;
    }
  | {readonly kind: 'verify'; readonly run: Run; readonly job: Job};

/** A job ended. Of a tuning job the best trial is trained again; of a training job the export is verified. */
export const completeJob: Stage<Input, Known, Plan> = {
  name: 'complete-job',

  parse(delivery) {
    const {body} = messageOf(z.union([runMessageSchema, jobLogSchema]), delivery);
    return 'runId' in body ? {runId: body.runId} : {jobId: body.resource.labels.job_id};
  },

  async load(input, ports) {
    if (input.runId !== undefined) {
      const run = await findRun(input.runId, ports);
      const jobId = awaitedJobOf(run);
      return {run, job: jobId === undefined ? undefined : await ports.jobs.find(jobId)};
    }
    const job = await ports.jobs.find(input.jobId);
    const runId = job?.runId;
    return {job, run: runId === undefined ? undefined : await ports.runs.find(runId)};
  },

  plan(_input, {job, run}) {
    if (job === undefined || run === undefined) return {kind: 'skip', why: 'not a job of a known run'};
    if (job.state === 'waiting' || job.state === 'running')
      return {kind: 'skip', why: `the job is ${job.state}`};
    return job.kind === 'tuning' ? planTuned(job, run) : planTrained(job, run);
  },

  async perform(plan, ports) {
    if (plan.kind === 'skip') return;
    await leaveDoor(plan.job.kind, plan.run.id, ports);
    if (plan.kind === 'fail') await ports.runs.fail(plan.run.id, 'complete-job', plan.complaint);
    if (plan.kind === 'train') await train(plan, ports);
    if (plan.kind === 'verify') await verify(plan, ports);
  },
};

function planTuned(job: Job, run: Run): Plan {
  if (!['built', 'tuning', 'tuned'].includes(run.state)) return {kind: 'skip', why: `run is ${run.state}`};
  const {goal, metric} = factOf(run, 'definition').pipeline.tune;
  const best = bestTrial(job.trials, goal);
  if (job.state !== 'succeeded' || best === undefined) {
    return {kind: 'fail', run, job, complaint: tuningComplaint(job, metric)};
  }
  return {kind: 'train', run, job, best, why: explainChoice(best, job.trials, goal)};
}

function tuningComplaint(job: Job, metric: string): Complaint {
  const reasons = new Set(job.trials.flatMap(({why}) => why ?? []));
  const [firstReason] = reasons;
  const hint =
    'Read the log of the job, or run the trainer by hand on a few rows; mend it, then push and drop again.';
  if (job.state !== 'succeeded') {
    const message = `the tuning job ${job.state === 'cancelled' ? 'was cancelled' : 'failed'}: ${job.why ?? firstReason ?? 'no reason given'}`;
    return {code: 'TUNING_FAILED', message, where: job.name, hint};
  }
  const message = `none of ${job.trials.length} trials gave a finite "${metric}"${firstReason ? `: ${firstReason}` : ''}`;
  return {code: 'NO_FEASIBLE_TRIAL', message, where: job.name, hint};
}

function planTrained(job: Job, run: Run): Plan {
  if (!['tuned', 'training', 'trained'].includes(run.state))
    return {kind: 'skip', why: `run is ${run.state}`};
  if (job.state === 'succeeded') return {kind: 'verify', run, job};
  const message = `the training job ${job.state === 'cancelled' ? 'was cancelled' : 'failed'}: ${job.why ?? 'no reason given'}`;
  const hint = "Read the job's log, mend the trainer, then push and drop again.";
  return {kind: 'fail', run, job, complaint: {code: 'TRAINING_FAILED', message, where: job.name, hint}};
}

async function train({run, job, best, why}: Plan & {kind: 'train'}, ports: Ports): Promise<void> {
  const {pipeline} = factOf(run, 'definition');
  const {id, parameters, metric} = best;
  // A completion can overtake the record of its own start.
  await ports.runs.advance(run.id, 'tuning', {tuning: {job: job.name}});
  await ports.runs.advance(run.id, 'tuned', {tuning: {job: job.name, best: {id, parameters, metric}, why}});
  if (!(await passDoor('training', {runId: run.id, holder: run.id}, ports))) return;
  const key = effectKeyOf(run.id, 'train');
  const outputUri = `gs://${ports.buckets.runs}/${runFolder(run)}/train`;
  const champion = await ports.models.champion(pipeline.serve.model);
  const args = trainingArguments(factOf(run, 'split'), pipeline.data, parameters, champion?.artifactUri);
  const request = {
    runId: run.id,
    effectKey: key,
    image: factOf(run, 'image').uri,
    args,
    machineType: pipeline.train.machineType,
    outputUri,
  };
  const training = await settleEffect(ports.effects, {
    key,
    runId: run.id,
    find: (attempt) => ports.jobs.findByEffect('training', key, attempt),
    create: (attempt) => ports.jobs.startTraining({...request, attempt}),
  });
  await ports.runs.advance(run.id, 'training', {training: {job: training, modelDir: `${outputUri}/model/`}});
}

/** The evidence of a good export is in the bucket, not in the job's state. */
async function verify({run, job}: Plan & {kind: 'verify'}, ports: Ports): Promise<void> {
  const modelDir = `gs://${ports.buckets.runs}/${runFolder(run)}/train/model/`;
  const {metrics} = await readExport(modelDir, ports);
  await ports.runs.advance(run.id, 'training', {training: {job: job.name, modelDir}});
  await ports.runs.advance(run.id, 'trained', {training: {job: job.name, modelDir, metrics}});
  await ports.messages.publish('model-exported', {runId: run.id});
}
