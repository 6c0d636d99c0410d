import assert from 'node:assert/strict';
import type {Ports} from '../../shared/ports.ts';

/** What every implementation promises about the calls that only a big split needs. */
export function bigSplitContract(
  name: string,
  start: () => Promise<{ports: Ports; executionsOf(key: string): Promise<number>}>,
): void {
  describe(`the ports of a big split on ${name}`, () => {
    let ports: Ports;
    let executionsOf: (key: string) => Promise<number>;

    before(async () => {
      ({ports, executionsOf} = await start());
    });

    it('give the beginning of an object as it is stored', async () => {
      const object = await ports.objects.put(ports.buckets.runs, 'head/a', '0123456789');

      assert.equal(String(await ports.objects.readHead(object, 4)), '0123');
      assert.equal(String(await ports.objects.readHead(object, 100)), '0123456789');
    });

    it('list the objects whose names begin so, by name', async () => {
      for (const object of ['under/b', 'under/a1', 'under/a2', 'unde', 'under-not'])
        await ports.objects.put(ports.buckets.runs, object, object);

      const listed = await ports.objects.listUnder(ports.buckets.runs, 'under/');
      assert.deepEqual(
        listed.map(({name, sizeBytes}) => [name, sizeBytes]),
        [
          ['under/a1', 8],
          ['under/a2', 8],
          ['under/b', 7],
        ],
      );
      assert.deepEqual(await ports.objects.listUnder(ports.buckets.runs, 'nobody/'), []);
    });

    it('copy one generation, once', async () => {
      const {data, runs} = ports.buckets;
      const first = await ports.objects.put(data, 'copied/trainer/a', 'first');

      const copy = await ports.objects.copy(first, runs, 'copied/b');
      const again = await ports.objects.copy(first, runs, 'copied/b');

      assert.deepEqual(again, copy);
      assert.deepEqual([copy.bucket, copy.name, copy.crc32c], [runs, 'copied/b', first.crc32c]);
      assert.equal(await ports.objects.readText(copy), 'first');
    });

    it('do not copy a generation that was replaced', async () => {
      const {data, runs} = ports.buckets;
      const first = await ports.objects.put(data, 'replaced/trainer/a', 'first');
      await ports.objects.put(data, 'replaced/trainer/a', 'second');

      await assert.rejects(ports.objects.copy(first, runs, 'replaced/b'), {name: 'PermanentError'});
    });

    it('start one execution for a key', async () => {
      const argument = {
        runId: 'r00000000000000000000000000',
        bucket: ports.buckets.runs,
        outcome: 'contract/outcome.json',
        tables: {},
        parts: [],
      };

      await ports.workflows.start('split-in-bigquery', argument, 'key-1');
      await ports.workflows.start('split-in-bigquery', argument, 'key-1');
      await ports.workflows.start('split-in-bigquery', {...argument, outcome: 'contract/2.json'}, 'key-2');

      assert.deepEqual([await executionsOf('key-1'), await executionsOf('key-2')], [1, 1]);
    });
  });
}
