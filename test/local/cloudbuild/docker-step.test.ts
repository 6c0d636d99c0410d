import assert from 'node:assert/strict';
import {readDockerStep} from '../../../local/cloudbuild/docker-step.ts';

const BUILDER = 'gcr.io/cloud-builders/docker';

describe('readDockerStep', () => {
  it('reads names, build arguments, the Dockerfile and the context', () => {
    const args =
      'build --no-cache -t host/a:1 --tag=host/a:2 -f deploy/Dockerfile --build-arg K=a=b --build-arg L .'.split(
        ' ',
      );

    assert.deepEqual(readDockerStep(`${BUILDER}:24`, args), {
      context: '.',
      dockerfile: 'deploy/Dockerfile',
      references: ['host/a:1', 'host/a:2'],
      buildArgs: {K: 'a=b', L: ''},
    });
  });

  const refusals: [what: string, builder: string, args: string[], message: RegExp][] = [
    [
      'another builder',
      'gcr.io/kaniko-project/executor',
      [],
      /has the builder gcr.io\/cloud-builders\/docker only/,
    ],
    ['another command', BUILDER, ['push', 'host/a:1'], /not "docker push"; name images to push in "images"/],
    ['no command', BUILDER, [], /not "docker "/],
    ['an unknown flag', BUILDER, ['build', '--squash', '.'], /Unknown option '--squash'/],
    ['no context', BUILDER, ['build', '-t', 'host/a:1'], /requires exactly 1 argument/],
    ['two contexts', BUILDER, ['build', '.', 'trainer'], /requires exactly 1 argument/],
  ];
  for (const [what, builder, args, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readDockerStep(builder, args), message);
    });
  }
});
