import assert from 'node:assert/strict';
import {tuneSchema} from '../../shared/domain/study.ts';
import type {Builds, JobRequest, Jobs} from '../../shared/job-ports.ts';
import type {ObjectInfo} from '../../shared/object-ports.ts';
import type {Ports} from '../../shared/ports.ts';

const LONG_AGO = '2020-01-01T00:00:00.000Z';
const FAR_OFF = '2199-01-01T00:00:00.000Z';
const TUNE = tuneSchema.parse({
  metric: 'accuracy',
  maxTrials: 1,
  parameters: {alpha: {double: [0.1, 1]}},
});

function request(effectKey: string, attempt: number): JobRequest {
  return {
    runId: 'r1',
    effectKey,
    attempt,
    image: 'nobody/built-this@sha256:0',
    args: [],
    machineType: 'n1-standard-4',
    outputUri: 'gs://the-runs/jobs',
  };
}

/** What every implementation of the Jobs port promises about finding and ending jobs. */
export function jobsContract(name: string, start: () => Promise<Jobs>): void {
  describe(`the jobs on ${name}`, () => {
    let jobs: Jobs;

    before(async () => {
      jobs = await start();
    });

    it('are found by kind, effect and attempt', async () => {
      const first = await jobs.startTraining(request('r1-train', 1));
      const second = await jobs.startTraining(request('r1-train', 2));

      assert.equal(await jobs.findByEffect('training', 'r1-train', 1), first);
      assert.equal(await jobs.findByEffect('training', 'r1-train', 2), second);
      assert.equal(await jobs.findByEffect('training', 'r1-train', 3), undefined);
      assert.equal(await jobs.findByEffect('training', 'r2-train', 1), undefined);
      assert.equal(await jobs.findByEffect('tuning', 'r1-train', 1), undefined);
    });

    it('are not there under an id that nothing has, or that only another service can have', async () => {
      for (const id of ['1', 'r1_nothing_a1']) assert.equal(await jobs.find(id), undefined);
    });

    it('are listed with what they were started for', async () => {
      const training = await jobs.startTraining(request('r1-listed', 3));
      const tuning = await jobs.startTuning({...request('r1-tuned', 4), tune: TUNE});

      const listed = await jobs.list({since: LONG_AGO});

      const told = [training, tuning].map((wanted) => {
        const job = listed.find(({name}) => name === wanted);
        assert.ok((job?.createTime ?? '') > LONG_AGO);
        return [job?.kind, job?.runId, job?.effectKey, job?.attempt];
      });
      assert.deepEqual(told, [
        ['training', 'r1', 'r1-listed', 3],
        ['tuning', 'r1', 'r1-tuned', 4],
      ]);
      assert.deepEqual(await jobs.list({since: FAR_OFF}), []);
    });

    it('end when they are told to, and stay as they ended', async () => {
      const name = await jobs.startTraining(request('r1-ended', 1));

      await jobs.cancel(name);
      const ended = await endOf(jobs, name);
      await jobs.cancel(name);

      assert.ok(ended === 'cancelled' || ended === 'failed', ended);
      assert.equal(await endOf(jobs, name), ended);
    });

    it('that are not there cannot be ended, which is no mistake', async () => {
      const name = await jobs.startTraining(request('r1-gone', 1));

      await jobs.cancel(`${name}0`);
      await jobs.cancel(`${name.replace('/customJobs/', '/hyperparameterTuningJobs/')}0`);
    });
  });
}

async function endOf(jobs: Jobs, name: string): Promise<string> {
  for (;;) {
    const state = (await jobs.find(name.split('/').at(-1) ?? ''))?.state ?? 'gone';
    if (state !== 'waiting' && state !== 'running') return state;
  }
}

/** What every implementation of the Builds port promises about finding and ending builds. */
export function buildsContract(name: string, start: () => Promise<Ports>): void {
  describe(`the builds on ${name}`, () => {
    let builds: Builds;
    let source: ObjectInfo;

    before(async () => {
      const ports = await start();
      ({builds} = ports);
      source = await ports.objects.put(ports.buckets.data, 'flowers/trainer/a.tar.gz', 'no archive');
    });

    it('are found by effect and attempt', async () => {
      const first = await builds.start({source, tag: 'src-1', effectKey: 'img-1', attempt: 1});
      const second = await builds.start({source, tag: 'src-1', effectKey: 'img-1', attempt: 2});

      assert.equal(await builds.findByEffect('img-1', 1), first);
      assert.equal(await builds.findByEffect('img-1', 2), second);
      assert.equal(await builds.findByEffect('img-1', 3), undefined);
      assert.equal(await builds.findByEffect('img-2', 1), undefined);
    });

    it('are listed newest first with what they were started for', async () => {
      const id = await builds.start({source, tag: 'src-3', effectKey: 'img-3', attempt: 5});

      const build = (await builds.list({since: LONG_AGO})).find((listed) => listed.id === id);

      assert.deepEqual([build?.tag, build?.effectKey, build?.attempt], ['src-3', 'img-3', 5]);
      assert.ok((build?.createTime ?? '') > LONG_AGO);
      assert.deepEqual(await builds.list({since: FAR_OFF}), []);
    });

    it('end when they are told to, once', async () => {
      const id = await builds.start({source, tag: 'src-4', effectKey: 'img-4', attempt: 1});

      await builds.cancel(id);
      await builds.cancel(id);

      assert.equal((await builds.read(id))?.state, 'failed');
    });

    it('that are not there cannot be ended, which is no mistake', async () => {
      await builds.cancel('6e0d2c54-0000-4000-8000-000000000000');
    });
  });
}
