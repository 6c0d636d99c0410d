import {parametersFor, withTrainerImage} from './domain/compiled-pipeline.ts';
import {effectKeyOf} from './domain/ids.ts';
import type {Run} from './domain/run.ts';
import {runFolder} from './domain/run-folder.ts';
import {modelOf} from './domain/serving.ts';
import {admissionUri, trainingArguments, trainingOffer, tuningArguments} from './domain/trainer-arguments.ts';
import {searchOf} from './domain/warm-start.ts';
import {PermanentError} from './errors.ts';
import {EFFECTS} from './find-job.ts';
import {factOf} from './find-run.ts';
import type {Job, JobRequest} from './job-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';
import {readCompiledPipeline} from './read-compiled-pipeline.ts';
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
  return startWatched('tuning', ports, {
    ...guardOfJob(run, 'tuning', ports),
    async create(attempt) {
      const resumes = pipeline.tune.warmStart ? await findJobToResume(run, ports) : undefined;
      return platformOf(run, ports).jobs.startTuning({
        ...requestOf(run, {key, attempt, args}, ports),
        machineType,
        outputUri: outputOf(run, 'tuning', ports),
        tune: pipeline.tune,
        ...(resumes === undefined ? {} : {resumes}),
      });
    },
  });
}

/**
 * The tuning job that a search with `warmStart` goes on from: the latest of the pipeline that found a best trial in the same search.
 * Undefined when there is none.
 */
async function findJobToResume(run: Run, {runs}: Ports): Promise<string | undefined> {
  const earlier = await runs.newestSearch(run.pipeline, searchOf(factOf(run, 'definition').pipeline));
  return earlier?.tuning?.job;
}

/** The one training job of a run whose best trial is known. @returns its name @throws NotYetError */
export function startTrainingJob(run: Run, ports: Ports): Promise<string> {
  const {pipeline} = factOf(run, 'definition');
  const {best} = factOf(run, 'tuning');
  if (best === undefined)
    throw new PermanentError('RUN_INCOMPLETE', `run ${run.id} is ${run.state} but has no best trial`);
  const key = effectKeyOf(run.id, EFFECTS.training);
  return startWatched('training', ports, {
    ...guardOfJob(run, 'training', ports),
    async create(attempt) {
      const champion = await platformOf(run, ports).models.champion(modelOf(pipeline));
      const start = pipeline.trainer.spec === undefined ? trainInContainer : trainInPipeline;
      return start(
        run,
        {key, attempt, parameters: best.parameters, championModelDir: champion?.artifactUri},
        ports,
      );
    },
  });
}

interface FinalTraining {
  readonly key: string;
  readonly attempt: number;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly championModelDir: string | undefined;
}

function trainInContainer(run: Run, training: FinalTraining, ports: Ports): Promise<string> {
  const {data, train, gate} = factOf(run, 'definition').pipeline;
  const {key, attempt, parameters, championModelDir} = training;
  const args = trainingArguments(factOf(run, 'split'), data, parameters, {
    on: train.on,
    slices: gate.slices,
    championModelDir,
  });
  return platformOf(run, ports).jobs.startTraining({
    ...requestOf(run, {key, attempt, args}, ports),
    machineType: train.machineType,
    outputUri: outputOf(run, 'training', ports),
  });
}

/** The compiled pipeline is given as parameters what a container is given as arguments. */
async function trainInPipeline(run: Run, training: FinalTraining, ports: Ports): Promise<string> {
  const {data, train, gate, trainer} = factOf(run, 'definition').pipeline;
  const {key, attempt, parameters, championModelDir} = training;
  const spec = trainer.spec ?? '';
  const compiled = await readCompiledPipeline(run, spec, ports);
  const offer = trainingOffer(factOf(run, 'split'), data, parameters, {
    on: train.on,
    slices: gate.slices,
    championModelDir,
    modelDir: modelFolder(run, ports),
    admission: admissionUri(ports.buckets.admission, key, attempt),
  });
  return platformOf(run, ports).jobs.startPipeline({
    runId: run.id,
    effectKey: key,
    attempt,
    spec: withTrainerImage(compiled, factOf(run, 'image').uri),
    parameters: parametersFor(compiled, offer, spec),
    outputUri: outputOf(run, 'training', ports),
  });
}

async function startWatched(kind: Job['kind'], ports: Ports, effect: GuardedEffect): Promise<string> {
  const name = await settleEffect(ports, effect);
  await watch(kind, name, ports);
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
  const admission = `--admission_object=${admissionUri(ports.buckets.admission, key, attempt)}`;
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
