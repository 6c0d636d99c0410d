import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Ports} from '../../shared/ports.ts';

export interface ChecksWorld {
  readonly ports: Pick<Ports, 'runs' | 'checks' | 'inventory'>;
  /** Lets so much time pass that a run is due. */
  readonly age: (runId: string) => Promise<void>;
  close(): Promise<void>;
}

/** What every implementation promises about runs that wait and runs that nothing happens to. */
export function runChecksContract(name: string, start: () => Promise<ChecksWorld>): void {
  describe(`the checks of runs on ${name}`, () => {
    let world: ChecksWorld;
    let names = 0;

    before(async () => {
      world = await start();
    });

    after(() => world.close());

    async function newRun(): Promise<string> {
      const input = {bucket: 'b', name: `flowers/data/check-${names++}.csv`, generation: '1', epoch: 0};
      const id = runIdOf(input);
      await world.ports.runs.create({id, pipeline: 'flowers', input});
      return id;
    }

    async function due(...ids: string[]): Promise<string[]> {
      const runs = await world.ports.checks.due(100);
      return runs.map(({id}) => id).filter((id) => ids.includes(id));
    }

    it('come when nothing has happened for a while, not before', async () => {
      const id = await newRun();
      assert.deepEqual(await due(id), []);

      await world.age(id);

      assert.deepEqual(await due(id), [id]);
    });

    it('begin anew with every move', async () => {
      const id = await newRun();
      await world.age(id);

      await world.ports.runs.advance(id, 'splitting');

      assert.deepEqual(await due(id), []);
    });

    it('begin anew when the run was looked at', async () => {
      const id = await newRun();
      await world.age(id);

      await world.ports.checks.done(id);

      assert.deepEqual(await due(id), []);
    });

    it('come once more for a run that has ended', async () => {
      const id = await newRun();
      await world.ports.runs.fail(id, 'split-data', {code: 'DATA_EMPTY', message: 'empty'});
      assert.deepEqual(await due(id), []);
      await world.age(id);
      assert.deepEqual(await due(id), [id]);

      await world.ports.checks.done(id);

      assert.deepEqual(await due(id), []);
    });

    it('bring the longest due first, and no more than asked for', async () => {
      const [older, newer] = [await newRun(), await newRun()];
      await world.age(older);
      await world.age(newer);

      assert.deepEqual(await due(older, newer), [older, newer]);
      assert.equal((await world.ports.checks.due(1)).length, 1);
    });

    it('cannot be noted for a run that is not there', async () => {
      await assert.rejects(world.ports.checks.done('r0'), {code: 'NO_SUCH_RUN'});
    });

    it('leave a note of what a run waits for, once, until it moves', async () => {
      const {runs} = world.ports;
      const id = await newRun();

      await runs.wait(id, 'build');
      await runs.wait(id, 'build');

      const run = await runs.find(id);
      assert.deepEqual([run?.waiting?.door, run?.rev], ['build', 2]);
      await runs.advance(id, 'splitting');
      assert.equal((await runs.find(id))?.waiting, undefined);
    });

    it('leave no such note on a run that has ended or is not there', async () => {
      const {runs} = world.ports;
      const id = await newRun();
      await runs.fail(id, 'split-data', {code: 'DATA_EMPTY', message: 'empty'});

      await runs.wait(id, 'build');

      assert.equal((await runs.find(id))?.waiting, undefined);
      await assert.rejects(runs.wait('r0', 'build'), {code: 'NO_SUCH_RUN'});
    });

    it('tell which runs are missing', async () => {
      const id = await newRun();

      assert.deepEqual(await world.ports.runs.missing(['r1', id, 'r2']), ['r1', 'r2']);
      assert.deepEqual(await world.ports.runs.missing([]), []);
    });

    it('remember where the inventory is, by the clock of the database', async () => {
      const {inventory} = world.ports;
      assert.equal((await inventory.read()).after, undefined);

      await inventory.move('flowers/data/z.csv');
      const {after, nowMs} = await inventory.read();
      await inventory.move(undefined);

      assert.equal(after, 'flowers/data/z.csv');
      assert.ok(nowMs > 0);
      assert.equal((await inventory.read()).after, undefined);
    });
  });
}
