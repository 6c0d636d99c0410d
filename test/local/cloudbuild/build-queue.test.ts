import assert from 'node:assert/strict';
import {BuildQueue} from '../../../local/cloudbuild/build-queue.ts';

describe('BuildQueue', () => {
  let under: Map<string, {readonly signal: AbortSignal; readonly finish: () => void}>;
  let queue: BuildQueue;

  beforeEach(() => {
    under = new Map();
    queue = new BuildQueue(async (id, signal) => {
      const {promise, resolve} = Promise.withResolvers<void>();
      under.set(id, {signal, finish: resolve});
      signal.addEventListener('abort', () => resolve());
      await promise;
      under.delete(id);
    });
    for (let n = 1; n <= 12; n++) queue.add(`b${n}`);
  });

  it('works on ten builds at once, in the order they came', () => {
    assert.deepEqual([...under.keys()], ['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9', 'b10']);
  });

  it('begins the next when one is over', async () => {
    under.get('b3')?.finish();
    await new Promise(setImmediate);

    assert.deepEqual([under.size, under.has('b11'), under.has('b12')], [10, true, false]);
  });

  it('drops a build that waits, and ends one that runs', async () => {
    queue.drop('b11');
    queue.drop('b1');
    await new Promise(setImmediate);

    assert.deepEqual([under.has('b1'), under.has('b11'), under.has('b12')], [false, false, true]);
  });

  it('begins nothing after it was closed', async () => {
    await queue.close();
    queue.add('b13');

    assert.equal(under.size, 0);
  });
});
