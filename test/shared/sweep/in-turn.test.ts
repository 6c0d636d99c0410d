import assert from 'node:assert/strict';
import {inTurn} from '../../../shared/sweep/in-turn.ts';

describe('working in turn', () => {
  it('does one after the other', async () => {
    const seen: string[] = [];

    await inTurn(['a', 'b'], async (item) => {
      seen.push(`${item} begins`);
      await Promise.resolve();
      seen.push(`${item} ends`);
    });

    assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('goes on after a failure and throws the first one at the end', async () => {
    const seen: number[] = [];
    const working = inTurn([1, 2, 3], async (item) => {
      seen.push(item);
      if (item < 3) throw new Error(`no ${item}`);
    });

    await assert.rejects(working, {message: 'no 1'});
    assert.deepEqual(seen, [1, 2, 3]);
  });
});
