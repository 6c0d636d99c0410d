import {Readable} from 'node:stream';
import {buildImage} from '../../functions/build-image.ts';
import {completeJob} from '../../functions/complete-job.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {releaseModel} from '../../functions/release-model.ts';
import {splitData} from '../../functions/split-data.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import type {Build, Job} from '../../shared/job-ports.ts';
import {finalized, jobEnded, published} from './events.ts';
import {enter} from './memory-admissions.ts';
import {BUCKETS, memoryPorts, type World} from './memory-ports.ts';
import {type AnyStage, deliver, erase, exportModel, runOf} from './story.ts';

export const STAGE_OF_TOPIC: Readonly<Record<string, AnyStage>> = {
  'run-accepted': erase(splitData),
  'split-ready': erase(buildImage),
  'image-ready': erase(startTuning),
  'job-complete': erase(completeJob),
  'model-exported': erase(releaseModel),
};

/** How the services end what they were asked to do. */
export interface Endings {
  readonly build: (build: Build) => Partial<Build>;
  readonly tuning: (job: Job) => Partial<Job>;
  /** Ends a training job; what it exports it writes itself. */
  readonly training: (job: Job, world: World) => Partial<Job>;
}

export const GOOD_ENDINGS: Endings = {
  build: () => ({state: 'succeeded', digest: `sha256:${'b'.repeat(64)}`}),
  tuning: () => ({
    state: 'succeeded',
    trials: [{id: '1', state: 'succeeded', parameters: {alpha: 0.01}, metric: 0.9}],
  }),
  training(job, world) {
    exportModel(world, job.runId ?? '');
    return {state: 'succeeded'};
  },
};

/** Drops a file and plays everything that follows, in the order it happens, until nothing is left to do. */
export async function dropped(
  world: World,
  name: string,
  data: string | Buffer,
  endings: Partial<Endings> = {},
): Promise<Run> {
  const object = await memoryPorts(world).objects.put(BUCKETS.data, name, Readable.from([Buffer.from(data)]));
  await deliver(erase(receiveData), finalized(object), world);
  await settled(world, endings);
  return runOf(world, runIdOf({...object, epoch: 0}));
}

/** Delivers all messages and ends all builds and jobs, until nothing is left to do. */
export async function settled(world: World, endings: Partial<Endings> = {}): Promise<void> {
  const all = {...GOOD_ENDINGS, ...endings};
  while (hasWork(world)) {
    for (const {topic, runId} of world.messages.splice(0)) {
      await deliver(STAGE_OF_TOPIC[topic]!, published(topic, {runId}), world);
    }
    const builds = [...world.builds.values()].filter(({state}) => state === 'waiting');
    for (const build of builds) await endBuild(build, all, world);
    const jobs = [...world.jobs.values()].filter(({state}) => state === 'running');
    for (const job of jobs) await endJob(job, all, world);
  }
}

function hasWork({messages, builds, jobs}: World): boolean {
  return (
    messages.length > 0 ||
    [...builds.values()].some(({state}) => state === 'waiting') ||
    [...jobs.values()].some(({state}) => state === 'running')
  );
}

async function endBuild(build: Build & {effectKey: string}, endings: Endings, world: World): Promise<void> {
  const ended: typeof build = enter(world, build)
    ? {...build, ...endings.build(build)}
    : {...build, state: 'failed'};
  world.builds.set(build.id, ended);
  if (ended.tag !== undefined && ended.digest !== undefined) world.images.set(ended.tag, ended.digest);
  await deliver(erase(startTuning), published('cloud-builds', {id: build.id}), world);
}

async function endJob(job: Job, endings: Endings, world: World): Promise<void> {
  const work = () => (job.kind === 'tuning' ? endings.tuning(job) : endings.training(job, world));
  world.jobs.set(job.id, {...job, ...(enter(world, job) ? work() : {state: 'succeeded'})});
  await deliver(erase(completeJob), jobEnded(job.id), world);
}
