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

      const woken = await Promise.all([
        permits.take('tuning', 'd'),
        permits.free('tuning', 'a'),
        permits.take('tuning', 'e'),
        permits.free('tuning', 'b'),
      ]);

      const {holders, line, next} = await permits.read('tuning');
      assert.deepEqual([...holders, ...line].toSorted(), ['c', 'd', 'e']);
      assert.deepEqual(next, line);
      const told = woken.flat().filter((answer) => typeof answer === 'string');
      assert.deepEqual(
        line.filter((holder) => !told.includes(holder)),
        [],
      );
    });
  });
}
