import assert from 'node:assert/strict';
import {parseDockerName} from '../../../local/artifactregistry/docker-name.ts';

describe('parseDockerName', () => {
  it('finds the repository, the package and the tag', () => {
    assert.deepEqual(parseDockerName('us-central1-docker.pkg.dev/my-project/ml/trainer:v1'), {
      repository: 'projects/my-project/locations/us-central1/repositories/ml',
      package: 'projects/my-project/locations/us-central1/repositories/ml/packages/trainer',
      tag: 'v1',
    });
  });

  it('writes a slash in the image name as %2F', () => {
    const name = parseDockerName('us-docker.pkg.dev/p/ml/team/trainer:1');

    assert.equal(name?.package, 'projects/p/locations/us/repositories/ml/packages/team%2Ftrainer');
  });

  it('reads a reference without a tag as latest, and one by digest without any', () => {
    const digest = `sha256:${'a'.repeat(64)}`;

    assert.equal(parseDockerName('us-docker.pkg.dev/p/ml/trainer')?.tag, 'latest');
    assert.equal(parseDockerName(`us-docker.pkg.dev/p/ml/trainer@${digest}`)?.tag, undefined);
  });

  for (const reference of [
    'gcr.io/p/trainer:1',
    'us-docker.pkg.dev/p/ml:1',
    'trainer:1',
    'us-docker.pkg.dev/p/ml/Trainer:1',
    '',
  ]) {
    it(`does not read ${JSON.stringify(reference)}`, () => {
      assert.equal(parseDockerName(reference), undefined);
    });
  }
});
