import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Run, RunInput} from '../../shared/domain/run.ts';
import type {Ports} from '../../shared/ports.ts';

type DropPorts = Pick<Ports, 'runs' | 'drops'>;

/** What every implementation promises about the generations of one object. */
export function dropsContract(
  name: string,
  start: () => Promise<{ports: DropPorts; close(): Promise<void>}>,
): void {
  describe(`the drops on ${name}`, () => {
    let ports: DropPorts;
    let close: () => Promise<void>;
    let names = 0;

    before(async () => {
      ({ports, close} = await start());
    });

    after(() => close());

    /** Drops generations of one new object in the order given. */
    async function dropped(...generations: (string | Partial<RunInput>)[]): Promise<(Run | undefined)[]> {
      const object = {bucket: 'b', name: `flowers/data/drop-${names++}.csv`};
      const runs: (Run | undefined)[] = [];
      for (const part of generations) {
        const input = {
          ...object,
          generation: '1',
          epoch: 0,
          ...(typeof part === 'string' ? {generation: part} : part),
        };
        const id = runIdOf(input);
        await ports.runs.create({id, pipeline: 'flowers', input});
        runs.push(await ports.runs.find(id));
      }
      return runs;
    }

    async function headOf(run: Run | undefined): Promise<string | undefined> {
      return ports.drops.head(run?.input ?? {bucket: '', name: ''});
    }

    it('have no head before the first run', async () => {
      assert.equal(await ports.drops.head({bucket: 'b', name: 'none'}), undefined);
    });

    it('have the newest generation at their head, not the last one to come', async () => {
      const [first] = await dropped('10', '9', '100', '99');

      assert.equal(await headOf(first), '100');
    });

    it('are told apart by the name of the object', async () => {
      const [one] = await dropped('10');
      const [other] = await dropped('20');

      assert.deepEqual([await headOf(one), await headOf(other)], ['10', '20']);
    });

    it('make a run superseded that comes after one of a newer generation', async () => {
      const [newer, older] = await dropped('1795443919299001', '1795443919299000');

      assert.deepEqual([newer?.state, older?.state], ['received', 'superseded']);
      assert.equal(older?.supersededBy, '1795443919299001');
      assert.deepEqual(
        older?.history.map(({state}) => state),
        ['superseded'],
      );
    });

    it('let a rerun of an older generation begin', async () => {
      const [, rerun] = await dropped('8', {generation: '7', epoch: 1});

      assert.equal(rerun?.state, 'received');
      assert.equal(await headOf(rerun), '8');
    });

    it('make one run of one generation that comes many times at once', async () => {
      const input = {bucket: 'b', name: 'flowers/data/crowd.csv', generation: '5', epoch: 0};
      const id = runIdOf(input);

      const created = await Promise.all(
        Array.from({length: 6}, () => ports.runs.create({id, pipeline: 'flowers', input})),
      );

      assert.equal(created.filter(Boolean).length, 1);
    });

    it('end with the newest at the head when all generations come at once', async () => {
      const inputs = ['3', '1', '12', '2'].map((generation) => {
        return {bucket: 'b', name: 'flowers/data/burst.csv', generation, epoch: 0};
      });

      await Promise.all(
        inputs.map((input) => ports.runs.create({id: runIdOf(input), pipeline: 'flowers', input})),
      );

      assert.equal(await ports.drops.head(inputs[0]!), '12');
      assert.equal((await ports.runs.find(runIdOf(inputs[2]!)))?.state, 'received');
    });
  });
}
