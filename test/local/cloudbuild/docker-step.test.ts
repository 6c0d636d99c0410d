import assert from 'node:assert/strict';
import {readDockerStep} from '../../../local/cloudbuild/docker-step.ts';

const BUILDER = 'gcr.io/cloud-builders/docker';

describe('readDockerStep', () => {
  it('reads names, build arguments, the Dockerfile and the context', () => {
    const args =
      'build --no-cache -t host/a:1 --tag=host/a:2 -f deploy/Dockerfile --build-arg K=a=b --build-arg L .'.split(
        ' ',
      );

    assert.deepEqual(readDockerStep({name: `${BUILDER}:24`, args}), {
      context: '.',
      dockerfile: 'deploy/Dockerfile',
      references: ['host/a:1', 'host/a:2'],
      buildArgs: {K: 'a=b', L: ''},
    });
  });

  it('refuses another entrypoint', () => {
    assert.throws(() => readDockerStep({name: BUILDER, entrypoint: 'bash', args: ['-c', 'docker build .']}), {
      message: 'the local cloud offers the Docker builder without an entrypoint only',
    });
  });

  const refusals: [what: string, name: string, args: string[], message: RegExp][] = [
    [
      'another builder',
      'gcr.io/kaniko-project/executor',
      [],
      /has the builders gcr.io\/cloud-builders\/docker and gcloud only/,
    ],
    ['another command', BUILDER, ['push', 'host/a:1'], /not "docker push"; name images to push in "images"/],
    ['no command', BUILDER, [], /not "docker "/],
    ['an unknown flag', BUILDER, ['build', '--squash', '.'], /Unknown option '--squash'/],
    ['no context', BUILDER, ['build', '-t', 'host/a:1'], /requires exactly 1 argument/],
    ['two contexts', BUILDER, ['build', '.', 'trainer'], /requires exactly 1 argument/],
  ];
  for (const [what, name, args, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readDockerStep({name, args}), message);
    });
  }
});
