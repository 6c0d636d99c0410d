import type {Builds, Job, JobRequest, Jobs} from '../../shared/job-ports.ts';
import {at, type World} from './memory-ports.ts';

/** Builds that end when a test says so. */
export function memoryBuilds(world: World): Builds {
  const {builds, images} = world;
  return {
    imageUri: 'registry/the-project/millrace/trainer',
    findImage: async (tag) => images.get(tag),
    async start({tag, effectKey, attempt}) {
      world.beforeEffect('start build');
      const id = `build-${builds.size + 1}`;
      builds.set(id, {id, state: 'waiting', tag, effectKey, attempt, createTime: at(world)});
      return id;
    },
    findByEffect: async (key, attempt) =>
      [...builds.values()].find((build) => build.effectKey === key && build.attempt === attempt)?.id,
    read: async (id) => builds.get(id),
    list: async ({since}) =>
      [...builds.values()]
        .filter(({createTime}) => createTime !== undefined && createTime >= since)
        .reverse(),
    async cancel(id) {
      world.beforeEffect('cancel build');
      const build = builds.get(id);
      if (build?.state === 'waiting') builds.set(id, {...build, state: 'failed', why: 'build cancelled'});
    },
  };
}

/** Jobs that end when a test says so. */
export function memoryJobs(world: World): Jobs {
  const {jobs, requests} = world;
  const start = (kind: Job['kind'], request: JobRequest & Pick<Job, 'resumes'>) => {
    world.beforeEffect(`start ${kind}`);
    const {runId, effectKey, attempt} = request;
    const id = String(1000 + jobs.size);
    const name = `projects/1/locations/l/${kind}/${id}`;
    const resumed = request.resumes === undefined ? {} : {resumes: request.resumes};
    const origin = {runId, effectKey, attempt, createTime: at(world), ...resumed};
    jobs.set(id, {name, id, kind, state: 'running', ...origin, trials: []});
    requests.set(id, request);
    return name;
  };
  return {
    startTuning: async (request) => start('tuning', request),
    startTraining: async (request) => start('training', request),
    async startPipeline(request) {
      world.beforeEffect('start pipeline');
      const {runId, effectKey, attempt} = request;
      const id = `${effectKey}-${attempt}`;
      const name = `projects/1/locations/l/pipelineJobs/${id}`;
      if (jobs.has(id)) return name;
      const origin = {runId, effectKey, attempt, createTime: at(world)};
      jobs.set(id, {name, id, kind: 'training', state: 'running', ...origin, trials: []});
      world.pipelines.set(id, request);
      return name;
    },
    findByEffect: async (kind, key, attempt) =>
      [...jobs.values()].find((job) => job.kind === kind && job.effectKey === key && job.attempt === attempt)
        ?.name,
    find: async (id) => jobs.get(id),
    list: async ({since}) =>
      [...jobs.values()].filter(({runId, createTime}) => runId !== undefined && createTime >= since),
    async cancel(name) {
      world.beforeEffect('cancel job');
      const job = [...jobs.values()].find((candidate) => candidate.name === name);
      if (job?.state === 'waiting' || job?.state === 'running')
        jobs.set(job.id, {...job, state: 'cancelled', endTime: at(world)});
    },
  };
}
