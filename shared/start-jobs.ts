import {effectKeyOf} from './domain/ids.ts';
import type {Run} from './domain/run.ts';
import {runFolder} from './domain/run-folder.ts';
import {modelOf} from './domain/serving.ts';
import {admissionArgument, trainingArguments, tuningArguments} from './domain/trainer-arguments.ts';
import {PermanentError} from './errors.ts';
import {EFFECTS} from './find-job.ts';
import {factOf} from './find-run.ts';
import type {Job, JobRequest} from './job-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';
import {type GuardedEffect, settleEffect} from './settle-effect.ts';
import {watch} from './watch.ts';

/** Where the model of a run's final training lies. */
export function modelFolder(run: Run, ports: Ports): string {
  return `${outputOf(run, 'training', ports)}/model/`;
}

/** The one tuning job of a run that has an image. @returns its name @throws NotYetError */
export function startTuningJob(run: Run, ports: Ports): Promise<string> {
  const {pipeline} = factOf(run, 'definition');
  const key = effectKeyOf(run.id, EFFECTS.tuning);
  const args = tuningArguments(factOf(run, 'split'), pipeline.data);
  const {machineType} = pipeline.tune;
  return startWatched(run, 'tuning', ports, {
    ...guardOfJob(run, 'tuning', ports),
    create: (attempt) =>
      platformOf(run, ports).jobs.startTuning({
        ...requestOf(run, {key, attempt, args}, ports),
        machineType,
        outputUri: outputOf(run, 'tuning', ports),
        tune: pipeline.tune,
      }),
  });
}

/** The one training job of a run whose best trial is known. @returns its name @throws NotYetError */
export function startTrainingJob(run: Run, ports: Ports): Promise<string> {
  const {pipeline} = factOf(run, 'definition');
  const {best} = factOf(run, 'tuning');
  if (best === undefined)
    throw new PermanentError('RUN_INCOMPLETE', `run ${run.id} is ${run.state} but has no best trial`);
  const key = effectKeyOf(run.id, EFFECTS.training);
  return startWatched(run, 'training', ports, {
    ...guardOfJob(run, 'training', ports),
    async create(attempt) {
      const {jobs, models} = platformOf(run, ports);
      const champion = await models.champion(modelOf(pipeline));
      const args = trainingArguments(factOf(run, 'split'), pipeline.data, best.parameters, {
        on: pipeline.train.on,
        slices: pipeline.gate.slices,
        championModelDir: champion?.artifactUri,
      });
      return jobs.startTraining({
        ...requestOf(run, {key, attempt, args}, ports),
        machineType: pipeline.train.machineType,
        outputUri: outputOf(run, 'training', ports),
      });
    },
  });
}

/** Workflows reach Vertex AI only: of a job of AI Platform the log tells, and the sweep asks. */
async function startWatched(
  run: Run,
  kind: Job['kind'],
  ports: Ports,
  effect: GuardedEffect,
): Promise<string> {
  const name = await settleEffect(ports, effect);
  if (factOf(run, 'definition').pipeline.platform === 'vertex') await watch(kind, name, ports);
  return name;
}

/** How a job of a run is looked up and taken back. */
export function guardOfJob(run: Run, kind: Job['kind'], ports: Ports): Omit<GuardedEffect, 'create'> {
  const {jobs} = platformOf(run, ports);
  const key = effectKeyOf(run.id, EFFECTS[kind]);
  return {
    key,
    runId: run.id,
    hasAdmission: true,
    find: (attempt) => jobs.findByEffect(kind, key, attempt),
    discard: (stray) => jobs.cancel(stray),
  };
}

function requestOf(
  run: Run,
  {key, attempt, args}: {readonly key: string; readonly attempt: number; readonly args: readonly string[]},
  ports: Ports,
): Pick<JobRequest, 'runId' | 'effectKey' | 'attempt' | 'image' | 'args'> {
  const admission = admissionArgument(ports.buckets.admission, key, attempt);
  return {
    runId: run.id,
    effectKey: key,
    attempt,
    image: factOf(run, 'image').uri,
    args: [...args, admission],
  };
}

function outputOf(run: Run, kind: Job['kind'], {buckets}: Ports): string {
  return `gs://${buckets.runs}/${runFolder(run)}/${EFFECTS[kind]}`;
}
