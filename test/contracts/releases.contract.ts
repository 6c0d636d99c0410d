import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {RunState} from '../../shared/domain/run.ts';
import type {Runs} from '../../shared/ports.ts';

const JO = {by: 'jo', reason: 'no complaints'};
const TO_CANARY: readonly RunState[] = [
  'splitting',
  'split',
  'built',
  'tuning',
  'tuned',
  'training',
  'trained',
  'releasing',
  'canary',
];

/** What every implementation of the runs promises about their releases. */
export function releasesContract(
  name: string,
  start: () => Promise<{runs: Runs; close(): Promise<void>}>,
): void {
  describe(`the releases of runs on ${name}`, () => {
    let runs: Runs;
    let close: () => Promise<void>;
    let drops = 0;

    before(async () => {
      ({runs, close} = await start());
    });

    after(() => close());

    async function canary(pipeline = 'flowers'): Promise<string> {
      const input = {bucket: 'b', name: `${pipeline}/data/${drops++}.csv`, generation: '7', epoch: 0};
      const id = runIdOf(input);
      await runs.create({id, pipeline, input});
      for (const state of TO_CANARY) await runs.advance(id, state);
      return id;
    }

    it('are asked for once, and remember who asked', async () => {
      const id = await canary();

      const answers = await Promise.all([1, 2].map(() => runs.requestPromotion(id, JO)));

      assert.deepEqual(answers.toSorted(), ['already', 'requested']);
      const {state, promoteRequested} = (await runs.find(id)) ?? {};
      assert.deepEqual([state, promoteRequested?.by, promoteRequested?.reason], ['canary', JO.by, JO.reason]);
      assert.ok(Number.isFinite(Date.parse(promoteRequested?.at ?? '')));
    });

    it('are not asked for of a run that is no canary, is to be cancelled or is not there', async () => {
      const [released, unwanted] = [await canary(), await canary()];
      await runs.advance(released, 'released');
      await runs.requestCancel(unwanted, {by: 'ann', reason: 'too slow'});

      assert.equal(await runs.requestPromotion(released, JO), 'no-canary');
      assert.equal(await runs.requestPromotion(unwanted, JO), 'no-canary');
      assert.equal((await runs.find(unwanted))?.promoteRequested, undefined);
      await assert.rejects(runs.requestPromotion('r0', JO), {code: 'NO_SUCH_RUN'});
    });

    it('are found by their pipeline: versions that are champion or were, and canaries', async () => {
      const [released, waiting, failed] = [
        await canary('lilies'),
        await canary('lilies'),
        await canary('lilies'),
      ];
      await runs.advance(released, 'released');
      await runs.fail(failed, 'sweep', {code: 'DEADLINE', message: 'too long'});
      await canary('roses');

      const found = await runs.releases('lilies');

      assert.deepEqual(found.map(({id}) => id).toSorted(), [released, waiting].toSorted());
      assert.deepEqual(await runs.releases('tulips'), []);
    });

    it('of a canary follow one another: it is released, or fails', async () => {
      const [released, failed] = [await canary(), await canary()];
      const release = {sentence: 'better', model: 'flowers', version: '2', canary: 10};

      assert.equal(await runs.advance(released, 'released', {release}), 'moved');
      await runs.fail(failed, 'sweep', {code: 'DEADLINE', message: 'too long'});

      assert.deepEqual((await runs.find(released))?.release, release);
      assert.equal((await runs.find(failed))?.state, 'failed');
    });
  });
}
