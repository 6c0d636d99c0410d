import assert from 'node:assert/strict';
import type {Permits} from '../../shared/upkeep-ports.ts';

/** What every implementation of the permits promises. `start` gives empty pools of 2 builds and 3 tuning jobs. */
export function permitsContract(
  name: string,
  start: () => Promise<{permits: Permits; close(): Promise<void>}>,
): void {
  describe(`the permits on ${name}`, () => {
    let permits: Permits;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({permits, close} = await start());
    });

    afterEach(() => close());

    it('are given while there are any, and then wait in line', async () => {
      const granted = [await permits.take('build', 'a'), await permits.take('build', 'b')];

      assert.deepEqual([...granted, await permits.take('build', 'c')], [true, true, false]);
      assert.deepEqual(await permits.read('build'), {holders: ['a', 'b'], line: ['c'], next: []});
    });

    it('are one for one holder, however often it asks', async () => {
      await permits.take('build', 'a');

      assert.equal(await permits.take('build', 'a'), true);
      assert.deepEqual((await permits.read('build')).holders, ['a']);
    });

    it('are of their own for each kind', async () => {
      await permits.take('build', 'a');

      assert.deepEqual(await permits.read('tuning'), {holders: [], line: [], next: []});
    });

    it('are given back to the one that waits longest, not to who asks first', async () => {
      for (const holder of ['a', 'b', 'c', 'd']) await permits.take('build', holder);

      assert.deepEqual(await permits.free('build', 'a'), ['c']);
      assert.deepEqual([await permits.take('build', 'd'), await permits.take('build', 'c')], [false, true]);
    });

    it('go to as many in line as have been given back, one to each', async () => {
      for (const holder of ['a', 'b', 'c', 'd', 'e', 'f']) await permits.take('build', holder);

      const given = [await permits.free('build', 'a'), await permits.free('build', 'b')];

      assert.deepEqual(given, [['c'], ['d']]);
      assert.deepEqual(await permits.read('build'), {holders: ['c', 'd'], line: ['e', 'f'], next: []});
    });

    it('are given to nobody by who gives one back a second time', async () => {
      for (const holder of ['a', 'b', 'c', 'd']) await permits.take('build', holder);
      await permits.free('build', 'a');

      assert.deepEqual(await permits.free('build', 'a'), []);
    });

    it('are given to each once when many are given back at the same time', async () => {
      const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      for (const holder of all) await permits.take('tuning', holder);

      const given = await Promise.all(['a', 'b', 'c'].map((holder) => permits.free('tuning', holder)));

      assert.deepEqual(given.flat().toSorted(), ['d', 'e', 'f']);
      assert.deepEqual((await permits.read('tuning')).line, ['g', 'h']);
    });

    it('are told by the kinds that were asked for', async () => {
      await permits.take('release-flowers', 'a');
      await permits.take('build', 'b');

      assert.deepEqual((await permits.kinds()).toSorted(), ['build', 'release-flowers']);
    });

    it('take no harm from a holder that has none', async () => {
      await permits.take('build', 'a');

      assert.deepEqual(await permits.free('build', 'nobody'), []);
      assert.deepEqual((await permits.read('build')).holders, ['a']);
    });

    it('leave the line with who gives up', async () => {
      for (const holder of ['a', 'b', 'c', 'd']) await permits.take('build', holder);
      await permits.free('build', 'c');

      assert.deepEqual(await permits.free('build', 'a'), ['d']);
    });

    it('are never too many when many ask at the same time', async () => {
      const asking = Array.from({length: 8}, (_, index) => permits.take('tuning', `r${index}`));

      const granted = await Promise.all(asking);

      const {holders, line} = await permits.read('tuning');
      assert.equal(granted.filter(Boolean).length, 3);
      assert.deepEqual([holders.length, line.length], [3, 5]);
    });

    it('are one for all who ask for the same holder at the same time', async () => {
      const asking = Array.from({length: 8}, () => permits.take('build', 'img'));

      assert.deepEqual([...new Set(await Promise.all(asking))], [true]);
      assert.deepEqual(await permits.read('build'), {holders: ['img'], line: [], next: []});
    });

    it('are lost by nobody when some are given back while others ask', async () => {
      for (const holder of ['a', 'b', 'c']) await permits.take('tuning', holder);

      const answers = await Promise.all([
        permits.take('tuning', 'd'),
        permits.free('tuning', 'a'),
        permits.take('tuning', 'e'),
        permits.free('tuning', 'b'),
      ]);

      const {holders, line} = await permits.read('tuning');
      assert.deepEqual([holders.toSorted(), line], [['c', 'd', 'e'], []]);
      const [isD, , isE] = answers;
      const told = answers.flat().filter((answer) => typeof answer === 'string');
      assert.ok(isD === true || told.includes('d'), 'd knows');
      assert.ok(isE === true || told.includes('e'), 'e knows');
    });
  });
}
