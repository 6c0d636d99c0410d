import assert from 'node:assert/strict';
import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {dockerBuild, IMAGE, type LocalCloudBuild, STALLED, World} from './local-cloud-build.ts';

type Build = cloudbuild_v1.Schema$Build;

describe('runBuild', () => {
  let world: World;
  let cloud: LocalCloudBuild;

  beforeEach(async () => {
    world = await World.create();
    cloud = await world.start();
  });

  afterEach(async () => {
    await cloud.stop();
    await world.remove();
  });

  describe('a build that fails', () => {
    const failures: [what: string, change: () => Promise<Build> | Build, type: string, detail: RegExp][] = [
      [
        'a source that is not there',
        () => ({source: {storageSource: {bucket: 'sources', object: 'none.tar.gz', generation: '9'}}}),
        'FETCH_SOURCE_FAILED',
        /^failed to fetch gs:\/\/sources\/none.tar.gz#9: No such object/,
      ],
      [
        'a source that is no archive',
        () => ({source: world.upload(Buffer.from('not an archive'))}),
        'FETCH_SOURCE_FAILED',
        /^failed to fetch/,
      ],
      [
        'a Dockerfile that fails',
        async () => ({source: world.upload(await world.archive({Dockerfile: 'FROM alpine\nRUN make\n'}))}),
        'USER_BUILD_STEP',
        /^build step 0 "gcr.io\/cloud-builders\/docker" failed: Dockerfile line 2: RUN: `make` needs a Docker engine/,
      ],
      [
        'a Dockerfile of another name that is not there',
        () => ({steps: [dockerBuild('-t', IMAGE, '-f', 'Other', '.')]}),
        'USER_BUILD_STEP',
        /unable to read the Dockerfile/,
      ],
      ['another builder', () => ({steps: [{name: 'bash'}]}), 'USER_BUILD_STEP', /not bash$/],
      [
        'an image no step built',
        () => ({steps: [dockerBuild('.')]}),
        'PUSH_IMAGE_NOT_FOUND',
        /An image does not exist locally with the tag: us-central1/,
      ],
      [
        'an unknown repository',
        () => {
          const image = 'us-central1-docker.pkg.dev/demo/none/trainer:1';
          return {steps: [dockerBuild('-t', image, '.')], images: [image]};
        },
        'PUSH_NOT_AUTHORIZED',
        /uploadArtifacts" denied on resource "projects\/demo\/locations\/us-central1\/repositories\/none"/,
      ],
      [
        'an image of another registry',
        () => ({steps: [dockerBuild('-t', 'gcr.io/demo/a:1', '.')], images: ['gcr.io/demo/a:1']}),
        'PUSH_FAILED',
        /gcr.io\/demo\/a:1 is not L-docker.pkg.dev/,
      ],
    ];
    for (const [what, change, type, detail] of failures) {
      it(`names ${what}`, async () => {
        await cloud.create(await change());

        const {failureInfo, statusDetail, results, finishTime} = await world.noticed('FAILURE');

        assert.equal(failureInfo?.type, type);
        assert.match(failureInfo?.detail ?? '', detail);
        assert.equal(statusDetail, failureInfo?.detail);
        assert.ok(finishTime !== undefined && results === undefined);
        assert.equal(cloud.containers.resolve(IMAGE), undefined);
      });
    }

    it('shows the failure in its log', async () => {
      await cloud.create({steps: [{name: 'bash'}]});
      const {logUrl} = await world.noticed('FAILURE');

      const log = await (await fetch(logUrl!)).text();

      assert.match(log, /^build ".*" is queued\nstarting build/);
      assert.match(log, /\nERROR: build step 0 "bash" failed/);
    });

    it('ends with EXPIRED when it was queued for too long', async () => {
      await cloud.create({queueTtl: '0s'});

      assert.equal((await world.noticed('EXPIRED')).startTime, undefined);
    });

    it('ends with TIMEOUT when its time is up', async () => {
      await cloud.create({source: world.upload(STALLED), timeout: '0.05s'});

      assert.equal((await world.noticed('TIMEOUT')).statusDetail, 'build timed out');
    });
  });
});
