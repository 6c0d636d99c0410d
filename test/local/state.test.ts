import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openState, type State} from '../../local/state.ts';

describe('the state of a local cloud', () => {
  let folder: string;
  let state: State;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'state-'));
    state = openState(folder);
  });

  afterEach(() => {
    state.close();
    rmSync(folder, {recursive: true});
  });

  it('is there again after it was opened anew, in the order of first writing', () => {
    const things = state.collection<{n: number}>('things');
    things.set('b', {n: 1});
    things.set('a', {n: 2});
    things.set('b', {n: 3});
    state.close();

    state = openState(folder);

    assert.deepEqual(
      [...state.collection('things').entries()],
      [
        ['b', {n: 3}],
        ['a', {n: 2}],
      ],
    );
  });

  it('keeps collections apart', () => {
    state.collection('one').set('key', 1);

    assert.equal(state.collection('other').has('key'), false);
  });

  it('takes all writes of a failed transaction back, in memory and on disk', () => {
    const things = state.collection<number>('things');
    things.set('kept', 1);
    things.set('gone', 2);

    assert.throws(
      () =>
        state.atomically(() => {
          things.set('kept', 10);
          things.set('kept', 11);
          things.delete('gone');
          things.set('new', 3);
          throw new Error('no');
        }),
      /no/,
    );

    const expected = {kept: 1, gone: 2};
    assert.deepEqual(Object.fromEntries(things.entries()), expected);
    state.close();
    state = openState(folder);
    assert.deepEqual(Object.fromEntries(state.collection('things').entries()), expected);
  });
});
