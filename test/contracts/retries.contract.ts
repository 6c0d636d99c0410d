import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Ports} from '../../shared/ports.ts';

const STAGE = 'build-image';

/** What every implementation of the retries promises. `start` gives ports on an empty project. */
export function retriesContract(name: string, start: () => Promise<Pick<Ports, 'runs' | 'retries'>>): void {
  describe(`the retries on ${name}`, () => {
    let runs: Ports['runs'];
    let retries: Ports['retries'];
    let drops = 0;

    before(async () => {
      ({runs, retries} = await start());
    });

    async function newRun(): Promise<string> {
      const input = {bucket: 'b', name: `flowers/data/retry-${drops++}.csv`, generation: '1', epoch: 0};
      const id = runIdOf(input);
      await runs.create({id, pipeline: 'flowers', input});
      return id;
    }

    it('count what failed until it is released', async () => {
      const runId = await newRun();
      const ask = {runId, stage: STAGE, failures: 1, execution: 'e1'};

      assert.equal(await retries.fail(runId, STAGE, '503'), 1);
      assert.equal(await retries.fail(runId, STAGE, 'again'), 1);
      assert.equal((await retries.claim(ask)).decision, 'retry');
      assert.equal(await retries.release(ask), true);
      assert.equal(await retries.fail(runId, STAGE, '504'), 2);

      const run = await runs.find(runId);
      const {failedAtMs = 0, ...counted} = run?.retries?.[STAGE] ?? {};
      assert.deepEqual(counted, {failures: 2, message: '504', released: false});
      assert.equal(new Date(failedAtMs).toISOString(), run?.trouble?.at);
      assert.deepEqual([run?.trouble?.stage, run?.trouble?.message], [STAGE, '504']);
    });

    it('are claimed by one execution', async () => {
      const runId = await newRun();
      await retries.fail(runId, STAGE, '503');

      const claims = await Promise.all(
        ['e1', 'e2', 'e3'].map((execution) => retries.claim({runId, stage: STAGE, failures: 1, execution})),
      );

      assert.deepEqual(claims.map(({decision}) => decision).toSorted(), ['retry', 'stop', 'stop']);
    });

    it('are not released by another execution, nor for another attempt', async () => {
      const runId = await newRun();
      await retries.fail(runId, STAGE, '503');
      await retries.claim({runId, stage: STAGE, failures: 1, execution: 'e1'});

      assert.equal(await retries.release({runId, stage: STAGE, failures: 1, execution: 'e2'}), false);
      assert.equal(await retries.release({runId, stage: STAGE, failures: 2, execution: 'e1'}), false);
    });

    it('are forgotten when the run moves', async () => {
      const runId = await newRun();
      await retries.fail(runId, STAGE, '503');
      await runs.advance(runId, 'splitting');

      assert.equal((await runs.find(runId))?.retries, undefined);
      assert.equal(
        (await retries.claim({runId, stage: STAGE, failures: 1, execution: 'e1'})).decision,
        'stop',
      );
    });

    it('count nothing for a run that has ended', async () => {
      const runId = await newRun();
      await runs.fail(runId, STAGE, {code: 'BAD', message: 'bad'});

      assert.equal(await retries.fail(runId, STAGE, '503'), undefined);
    });

    it('refuse a run that is not there', async () => {
      await assert.rejects(retries.fail('r0', STAGE, '503'), {code: 'NO_SUCH_RUN'});
      await assert.rejects(retries.claim({runId: 'r0', stage: STAGE, failures: 1, execution: 'e'}), {
        code: 'NO_SUCH_RUN',
      });
    });
  });
}
