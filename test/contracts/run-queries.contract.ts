import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Ports} from '../../shared/ports.ts';

const BEFORE_RELEASE = [
  'splitting',
  'split',
  'built',
  'tuning',
  'tuned',
  'training',
  'trained',
  'releasing',
] as const;

/** What every implementation promises about finding runs by something else than their ids. */
export function runQueriesContract(name: string, start: () => Promise<Pick<Ports, 'runs'>>): void {
  describe(`the runs on ${name}`, () => {
    let runs: Ports['runs'];
    let drops = 0;

    before(async () => {
      ({runs} = await start());
    });

    async function newRun(pipeline = 'flowers'): Promise<{readonly id: string}> {
      const input = {bucket: 'b', name: `queries/data/${drops++}.csv`, generation: '1', epoch: 0};
      const id = runIdOf(input);
      assert.equal(await runs.create({id, pipeline, input}), true);
      return {id};
    }

    it('are found by the image they wait for until they tune', async () => {
      const tag = 'src-waiting';
      const [waiting, built, tuning] = [await newRun(), await newRun(), await newRun()];
      for (const {id} of [waiting, built, tuning]) {
        await runs.advance(id, 'splitting');
        await runs.advance(id, 'split');
        await runs.advance(id, 'building', {image: {tag, uri: `registry/trainer:${tag}`, reused: false}});
      }
      for (const {id} of [built, tuning]) await runs.advance(id, 'built');
      await runs.advance(tuning.id, 'tuning');

      const found = await runs.waitingForImage(tag);

      assert.deepEqual(found.map(({id}) => id).toSorted(), [waiting.id, built.id].toSorted());
      assert.deepEqual(await runs.waitingForImage('src-other'), []);
    });

    it('are listed newest first, of one pipeline or all', async () => {
      const older = await newRun('roses');
      const newer = await newRun('roses');
      await newRun('lilies');

      const roses = await runs.list({pipeline: 'roses', limit: 10});

      assert.deepEqual(
        roses.map(({id}) => id),
        [newer.id, older.id],
      );
      assert.equal((await runs.list({limit: 2})).length, 2);
    });

    it('are found by what they have reached, the newest of a pipeline', async () => {
      const search = 'a'.repeat(64);
      const reached = [await newRun('asters'), await newRun('asters'), await newRun('asters')];
      for (const {id} of reached.slice(0, 2)) {
        for (const state of BEFORE_RELEASE) await runs.advance(id, state);
        await runs.advance(id, 'released', {tuning: {job: `tuning-${id}`, search}});
      }

      assert.equal((await runs.newestReleased('asters'))?.id, reached[1]?.id);
      assert.equal((await runs.newestSearch('asters', search))?.id, reached[1]?.id);
      assert.equal(await runs.newestSearch('asters', 'b'.repeat(64)), undefined);
      assert.equal(await runs.newestReleased('no-asters'), undefined);
      assert.equal(await runs.newestSearch('no-asters', search), undefined);
    });
  });
}
