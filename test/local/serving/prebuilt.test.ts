import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import type {Containers} from '../../../local/containers/containers.ts';
import {requirementLines} from '../../../local/containers/requirements.ts';
import {servingImages} from '../../../local/serving/prebuilt.ts';

const SKLEARN = 'us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-6:latest';

describe('servingImages', () => {
  it('builds a prebuilt server when first asked for, and once', async () => {
    const store = imageStore();
    const images = servingImages(store.containers);
    await Promise.all([images.provide(SKLEARN), images.provide(SKLEARN)]);
    await images.provide(SKLEARN);

    assert.deepEqual(store.tagged, [SKLEARN]);
    assert.equal(store.dockerfiles.length, 1);
    assert.ok(existsSync(store.dockerfiles[0] ?? ''));
  });

  it('builds again after a build that failed', async () => {
    const store = imageStore({failures: 1});
    const images = servingImages(store.containers);

    await assert.rejects(images.provide(SKLEARN), /no package index/);
    await images.provide(SKLEARN);
    assert.deepEqual(store.tagged, [SKLEARN]);
  });

  it('leaves images that were built here as they are', async () => {
    const store = imageStore();
    await servingImages(store.containers).provide('host/mine:1');

    assert.deepEqual(store.dockerfiles, []);
  });

  it('refuses prebuilt servers it does not have, and unknown images', () => {
    const {check} = servingImages(imageStore().containers);

    assert.throws(() => check(SKLEARN.replace('sklearn-cpu.1-6', 'xgboost-cpu.1-7')), {
      status: 'NOT_FOUND',
      message: /is not offered here; there is sklearn-cpu.1-6, xgboost-cpu.2-1/,
    });
    assert.throws(() => check('host/other:1'), {status: 'NOT_FOUND', message: /is not found/});
  });
});

describe('a prebuilt server', () => {
  for (const [server, trainer] of [
    ['sklearn-cpu.1-6', 'trainer'],
    ['xgboost-cpu.2-1', 'examples/wine/trainer'],
  ]) {
    it(`${server} needs exactly the packages of ${trainer}, so that both share one environment`, async () => {
      const lines = async (path: string) => requirementLines(await readFile(path, 'utf8'));

      assert.deepEqual(
        await lines(`local/serving/prebuilt/${server}/requirements.txt`),
        await lines(`${trainer}/requirements.txt`),
      );
    });
  }
});

/** Records builds; the first `failures` of them fail. Knows the image `host/mine:1`. */
function imageStore({failures = 0} = {}) {
  const dockerfiles: string[] = [];
  const tagged: string[] = [];
  let left = failures;
  const containers: Containers = {
    async build(_context, _log, {dockerfile = ''} = {}) {
      dockerfiles.push(dockerfile);
      if (left-- > 0) throw new Error('no package index');
      return {digest: 'sha256:1'};
    },
    tag: (_digest, reference) => tagged.push(reference),
    resolve: (reference) => (reference === 'host/mine:1' ? 'sha256:2' : undefined),
    run: () => assert.fail('nothing is run here'),
    close: async () => {},
  };
  return {containers, dockerfiles, tagged};
}
