import pino from 'pino';
import {buildImage} from '../../functions/build-image.ts';
import {completeJob} from '../../functions/complete-job.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {releaseModel} from '../../functions/release-model.ts';
import {splitData} from '../../functions/split-data.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import {runIdOf, sha256Hex} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import {handle, type Stage} from '../../shared/handle.ts';
import {finalized, jobEnded, published} from './events.ts';
import {BUCKETS, emptyWorld, memoryPorts, type World} from './memory-ports.ts';

export const TRAINER_DIGEST = 'a'.repeat(64);
export const IMAGE_TAG = `src-${'a'.repeat(40)}`;

export const PIPELINE_YAML = `
name: flowers
data: {label: species}
trainer: {source: trainer/${TRAINER_DIGEST}.tar.gz, framework: scikit-learn, frameworkVersion: "1.6"}
split: {}
tune: {metric: accuracy, maxTrials: 2, parameters: {alpha: {double: [0.001, 0.1], scale: log}}}
gate: {minimum: {accuracy: 0.5}}
serve: {model: flowers, endpoint: flowers}
`;

const ROWS = Array.from(
  {length: 60},
  (_, index) => `${index},${index % 7},${index % 2 === 0 ? 'iris' : 'rose'}`,
);

export const DATA_CSV = ['length,width,species', ...ROWS, ''].join('\n');

/** A pushed pipeline, nothing else. */
export async function pushedWorld(): Promise<World> {
  const world = emptyWorld();
  await push(world);
  return world;
}

export async function push(world: World, definition = PIPELINE_YAML): Promise<void> {
  const {objects} = memoryPorts(world);
  await objects.put(BUCKETS.data, 'flowers/pipeline.yaml', definition);
  await objects.put(BUCKETS.data, `flowers/trainer/${TRAINER_DIGEST}.tar.gz`, 'archive');
}

/** A pushed pipeline and a dropped file. */
export async function droppedWorld(): Promise<{world: World; runId: string; drop: unknown}> {
  const world = await pushedWorld();
  const {objects} = memoryPorts(world);
  const object = await objects.put(BUCKETS.data, 'flowers/data/flowers.csv', DATA_CSV);
  return {world, runId: runIdOf({...object, epoch: 0}), drop: finalized(object)};
}

const silent = pino({level: 'silent'});

/** Hands an event to a stage; rejects when the stage wants it delivered again. */
export function deliver(stage: Parameters<typeof handle>[0], event: unknown, world: World): Promise<void> {
  return handle(stage, memoryPorts(world), silent)(event);
}

/** The process dies before an effect: that one and all after it fail, as long as `world.beforeEffect` stays. */
export function dies(world: World, isFatal: (effect: string) => boolean): void {
  let isDead = false;
  world.beforeEffect = (effect) => {
    isDead ||= isFatal(effect);
    if (isDead) throw new Error(`crash before ${effect}`);
  };
}

export function runOf(world: World, runId: string): Run {
  const run = world.runs.get(runId);
  if (run === undefined) throw new Error(`no run ${runId}`);
  return run;
}

/** One step of a run's life: what the outside does, and the event that follows. */
export interface Step {
  readonly stage: Parameters<typeof handle>[0];
  readonly event: (world: World, runId: string) => unknown;
  /** What the services do before the event; changes the world. */
  readonly before?: (world: World, runId: string) => void;
}

/** The steps of a run whose trainer has to be built, in order. */
export const STEPS: readonly Step[] = [
  {stage: erase(splitData), event: (_, runId) => published('run-accepted', {runId})},
  {stage: erase(buildImage), event: (_, runId) => published('split-ready', {runId})},
  {
    stage: erase(startTuning),
    event: () => published('cloud-builds', {id: 'build-1', status: 'SUCCESS'}),
    before: buildSucceeds,
  },
  {stage: erase(startTuning), event: (_, runId) => published('image-ready', {runId})},
  {stage: erase(completeJob), event: (world) => jobEnded(jobIdOf(world, 'tuning')), before: tuningSucceeds},
  {
    stage: erase(completeJob),
    event: (world) => jobEnded(jobIdOf(world, 'training')),
    before: trainingSucceeds,
  },
  {stage: erase(releaseModel), event: (_, runId) => published('model-exported', {runId})},
];

/** A world in which the first `count` steps have been played. */
export async function played(count: number): Promise<{world: World; runId: string}> {
  const {world, runId, drop} = await droppedWorld();
  await deliver(erase(receiveData), drop, world);
  for (const step of STEPS.slice(0, count)) await play(step, world, runId);
  return {world, runId};
}

export async function play({stage, event, before}: Step, world: World, runId: string): Promise<void> {
  before?.(world, runId);
  await deliver(stage, event(world, runId), world);
}

export function buildSucceeds(world: World): void {
  const build = world.builds.get('build-1');
  if (build === undefined) throw new Error('no build was started');
  const digest = `sha256:${'b'.repeat(64)}`;
  world.builds.set('build-1', {...build, state: 'succeeded', digest});
  world.images.set(IMAGE_TAG, digest);
}

export function tuningSucceeds(world: World): void {
  const id = jobIdOf(world, 'tuning');
  const trials = [
    {id: '2', state: 'succeeded', parameters: {alpha: 0.01}, metric: 0.9},
    {id: '1', state: 'succeeded', parameters: {alpha: 0.05}, metric: 0.8},
  ] as const;
  world.jobs.set(id, {...world.jobs.get(id)!, state: 'succeeded', trials});
}

export function trainingSucceeds(world: World, runId: string): void {
  const id = jobIdOf(world, 'training');
  world.jobs.set(id, {...world.jobs.get(id)!, state: 'succeeded'});
  exportModel(world, runId);
}

/** Writes what the trainer writes: a model, and the evaluation that speaks of it. */
export function exportModel(world: World, runId: string, evaluation: object = {}): void {
  const folder = `flowers/${runId}/train/model`;
  const model = Buffer.from('model');
  const whole = {
    rows: 6,
    metrics: {accuracy: 0.9},
    champion: null,
    model: {file: 'model.joblib', sha256: sha256Hex('model'), bytes: model.length},
    ...evaluation,
  };
  putObject(world, `${folder}/model.joblib`, model);
  putObject(world, `${folder}/evaluation.json`, Buffer.from(JSON.stringify(whole)));
}

export function putObject(world: World, name: string, bytes: Buffer): void {
  const info = {bucket: BUCKETS.runs, name, generation: '1', sizeBytes: bytes.length, crc32c: ''};
  world.objects.set(`${BUCKETS.runs}/${name}`, {info, bytes});
}

/** So many runs that fail, all newer than the one there is. */
export function failedSince(world: World, count: number): void {
  const [run] = world.runs.values();
  if (run === undefined) throw new Error('no run to come after');
  for (let number = 1; number <= count; number++) {
    const createdAt = new Date(Date.parse(run.createdAt) + number).toISOString();
    const id = `r${String(number).padStart(26, '0')}`;
    world.runs.set(id, {...run, id, state: 'failed', createdAt});
  }
}

function jobIdOf(world: World, kind: 'tuning' | 'training'): string {
  const job = [...world.jobs.values()].find((candidate) => candidate.kind === kind);
  if (job === undefined) throw new Error(`no ${kind} job was started`);
  return job.id;
}

/** Forgets the stage's own types, so that stages of all kinds stand in one list. */
export function erase<
  I extends {readonly runId?: string},
  K extends {readonly run?: Run | undefined},
  P extends {readonly kind: string},
>(stage: Stage<I, K, P>): AnyStage {
  return stage as unknown as AnyStage;
}

export type AnyStage = Stage<
  {readonly runId?: string},
  {readonly run?: Run | undefined},
  {readonly kind: string}
>;
