import assert from 'node:assert/strict';
import {mergePatch} from '../../../local/storage/merge-patch.ts';

describe('mergePatch', () => {
  it('replaces values and lists', () => {
    assert.deepEqual(mergePatch({a: '1', list: [1, 2]}, {a: '2', list: [3]}), {a: '2', list: [3]});
  });

  it('takes away what is null', () => {
    assert.deepEqual(mergePatch({a: '1', b: '2'}, {a: null}), {b: '2'});
  });

  it('merges maps key by key', () => {
    const merged = mergePatch({metadata: {a: '1', b: '2'}}, {metadata: {b: null, c: '3'}});

    assert.deepEqual(merged, {metadata: {a: '1', c: '3'}});
  });

  it('takes away a map that becomes empty', () => {
    assert.deepEqual(mergePatch({metadata: {a: '1'}}, {metadata: {a: null}}), {});
    assert.deepEqual(mergePatch({}, {metadata: {}}), {});
  });

  it('leaves the target as it was', () => {
    const target = {metadata: {a: '1'}};
    mergePatch(target, {metadata: {a: '2'}});

    assert.deepEqual(target, {metadata: {a: '1'}});
  });
});
