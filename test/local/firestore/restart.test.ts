import assert from 'node:assert/strict';
import {type RunningFirestore, removeFolder, serveFirestore, stateFolder} from './firestore-server.ts';

describe('a local Firestore that is started again', () => {
  let folder: string;
  let running: RunningFirestore;

  beforeEach(async () => {
    folder = await stateFolder();
    running = await serveFirestore(folder);
  });

  afterEach(async () => {
    await running.close();
    await removeFolder(folder);
  });

  async function restart(): Promise<void> {
    await running.close();
    running = await serveFirestore(folder);
  }

  it('has every document as it was, to the last bit', async () => {
    const written = {
      nan: Number.NaN,
      zero: -0,
      infinite: Number.POSITIVE_INFINITY,
      bytes: Buffer.from([0, 255]),
    };
    const before = await running.firestore
      .doc('c/a')
      .set({...written, list: [{a: null}], exact: 2n ** 53n + 1n});

    await restart();

    const {docs} = await running.firestore
      .collection('c')
      .where('exact', '==', 2n ** 53n + 1n)
      .get();
    const {exact: _inexact, list, ...rest} = docs[0]?.data() ?? {};
    assert.deepEqual(rest, written);
    assert.deepEqual(list, [{a: null}]);
    assert.deepEqual(docs[0]?.updateTime, before.writeTime);
  });

  it('still knows which version an update is based on', async () => {
    const {writeTime} = await running.firestore.doc('c/a').set({n: 1});

    await restart();

    await running.firestore.doc('c/a').update({n: 2}, {lastUpdateTime: writeTime});
    const stale = running.firestore.doc('c/a').update({n: 3}, {lastUpdateTime: writeTime});
    await assert.rejects(stale, /does not match the required base version/);
  });

  it('has forgotten what was deleted', async () => {
    await running.firestore.doc('c/a').set({n: 1});
    await running.firestore.doc('c/a').delete();

    await restart();

    assert.equal((await running.firestore.doc('c/a').get()).exists, false);
    assert.deepEqual(await running.firestore.listCollections(), []);
  });
});
