import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type ImageNames, imageNames} from '../../../local/containers/image-names.ts';
import {openState, type State} from '../../../local/state.ts';

const FIRST = `sha256:${'1'.repeat(64)}`;
const SECOND = `sha256:${'2'.repeat(64)}`;

describe('imageNames', () => {
  let folder: string;
  let state: State;
  let names: ImageNames;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-names-'));
    state = openState(folder);
    names = imageNames(state);
  });

  afterEach(async () => {
    state.close();
    await rm(folder, {recursive: true});
  });

  it('moves a tag, and keeps the older digest reachable', () => {
    names.tag(FIRST, 'localhost:5000/p/trainer:1');
    names.tag(SECOND, 'localhost:5000/p/trainer:1');

    assert.equal(names.resolve('localhost:5000/p/trainer:1'), SECOND);
    assert.equal(names.resolve(`localhost:5000/p/trainer@${FIRST}`), FIRST);
  });

  it('reads a name without a tag as latest', () => {
    names.tag(FIRST, 'host/trainer');

    assert.equal(names.resolve('host/trainer:latest'), FIRST);
  });

  it('remembers over a restart', () => {
    names.tag(FIRST, 'host/trainer:1');
    state.close();
    state = openState(folder);

    assert.equal(imageNames(state).resolve('host/trainer:1'), FIRST);
  });

  it('does not know a digest under a name it was never tagged with', () => {
    names.tag(FIRST, 'host/trainer:1');

    assert.equal(names.resolve(`host/other@${FIRST}`), undefined);
    assert.equal(names.resolve('host/trainer:2'), undefined);
  });

  for (const reference of ['', 'UPPER/case:1', 'host/a b', `host/trainer@${FIRST}`]) {
    it(`refuses to tag ${JSON.stringify(reference)}`, () => {
      assert.throws(() => names.tag(FIRST, reference), {status: 'INVALID_ARGUMENT'});
    });
  }
});
