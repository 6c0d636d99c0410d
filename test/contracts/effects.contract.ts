import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Effects, Ports} from '../../shared/ports.ts';

/** What every implementation of the Effects port promises. `start` gives ports on a project where no effect has begun. */
export function effectsContract(name: string, start: () => Promise<Ports>): void {
  describe(`the effects on ${name}`, () => {
    let ports: Ports;
    let effects: Effects;
    let runs = 0;

    before(async () => {
      ports = await start();
      ({effects} = ports);
    });

    async function newRun(): Promise<string> {
      const input = {bucket: 'b', name: `effects/data/${runs++}.csv`, generation: '17', epoch: 0};
      const id = runIdOf(input);
      await ports.runs.create({id, pipeline: 'effects', input});
      return id;
    }

    async function recordOf(key: string) {
      const {record} = await effects.read(key);
      return record && {attempt: record.attempt, refused: record.refused, resource: record.resource};
    }

    it("are claimed once, by the database's clock", async () => {
      const run = await newRun();
      assert.equal(await recordOf('e1'), undefined);

      const claims = await Promise.all([1, 2, 3].map(() => effects.intend('e1', 1, run)));

      assert.deepEqual(claims.toSorted(), ['opened', 'taken', 'taken']);
      const {record, nowMs} = await effects.read('e1');
      assert.deepEqual(await recordOf('e1'), {attempt: 1, refused: false, resource: undefined});
      assert.ok(nowMs >= (record?.sentAtMs ?? Number.NaN) && nowMs - (record?.sentAtMs ?? 0) < 60_000);
    });

    it('open the next attempt once, and not when the resource is known', async () => {
      const run = await newRun();
      await effects.intend('e2', 1, run);
      assert.equal(await effects.refuse('e2', 1), true);
      assert.deepEqual(await recordOf('e2'), {attempt: 1, refused: true, resource: undefined});

      const claims = await Promise.all([1, 2].map(() => effects.intend('e2', 2, run)));

      assert.deepEqual(claims.toSorted(), ['opened', 'taken']);
      assert.deepEqual(await recordOf('e2'), {attempt: 2, refused: false, resource: undefined});
      assert.equal(await effects.record('e2', 2, 'jobs/1'), true);
      assert.equal(await effects.intend('e2', 3, run), 'taken');
    });

    it('open no attempt out of turn', async () => {
      const run = await newRun();

      assert.equal(await effects.intend('e3', 2, run), 'taken');
      assert.equal(await recordOf('e3'), undefined);
    });

    it('open nothing for a run that shall be cancelled, has ended or is not there', async () => {
      const [cancelled, failed] = [await newRun(), await newRun()];
      await ports.runs.requestCancel(cancelled, {by: 'ann', reason: 'wrong file'});
      await ports.runs.fail(failed, 'split-data', {code: 'DATA_EMPTY', message: 'empty'});

      for (const run of [cancelled, failed, 'r0']) assert.equal(await effects.intend('e4', 1, run), 'closed');

      assert.equal(await recordOf('e4'), undefined);
    });

    it('begin before a cancellation or not at all', async () => {
      const run = await newRun();

      const [claim, asked] = await Promise.all([
        effects.intend('e5', 1, run),
        ports.runs.requestCancel(run, {by: 'ann', reason: 'wrong file'}),
      ]);

      assert.equal(asked, 'requested');
      assert.equal((await recordOf('e5')) === undefined, claim === 'closed');
      assert.equal(await effects.intend('e5-next', 1, run), 'closed');
    });

    it('take no word of an attempt that is history, and say so', async () => {
      const run = await newRun();
      await effects.intend('e6', 1, run);
      await effects.intend('e6', 2, run);

      assert.equal(await effects.record('e6', 1, 'jobs/late'), false);
      assert.equal(await effects.refuse('e6', 1), false);
      assert.deepEqual(await recordOf('e6'), {attempt: 2, refused: false, resource: undefined});
    });

    it('keep the first resource of an attempt', async () => {
      const run = await newRun();
      await effects.intend('e7', 1, run);

      assert.equal(await effects.record('e7', 1, 'jobs/1'), true);
      assert.equal(await effects.record('e7', 1, 'jobs/1'), true);
      assert.equal(await effects.record('e7', 1, 'jobs/2'), false);
      assert.equal((await recordOf('e7'))?.resource, 'jobs/1');
    });

    it('forget what an attempt made once it is given up, and take nothing from it later', async () => {
      const run = await newRun();
      await effects.intend('e8', 1, run);
      await effects.record('e8', 1, 'jobs/1');

      assert.equal(await effects.refuse('e8', 1), true);

      assert.deepEqual(await recordOf('e8'), {attempt: 1, refused: true, resource: undefined});
      assert.equal(await effects.record('e8', 1, 'jobs/1'), false);
      assert.equal(await effects.intend('e8', 2, run), 'opened');
    });

    it('are reopened only by the resource that counts', async () => {
      const run = await newRun();
      await effects.intend('e9', 1, run);
      await effects.record('e9', 1, 'builds/1');

      assert.equal(await effects.reopen('e9', 'builds/other'), false);
      assert.equal((await recordOf('e9'))?.resource, 'builds/1');
      assert.equal(await effects.reopen('e9', 'builds/1'), true);

      assert.deepEqual(await recordOf('e9'), {attempt: 1, refused: true, resource: undefined});
      assert.equal(await effects.reopen('e9', 'builds/1'), false);
    });

    it('cannot be recorded, refused or reopened before they began', async () => {
      assert.equal(await effects.record('none', 1, 'jobs/1'), false);
      assert.equal(await effects.refuse('none', 1), false);
      assert.equal(await effects.reopen('none', 'jobs/1'), false);
    });
  });
}
