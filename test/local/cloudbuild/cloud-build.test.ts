import assert from 'node:assert/strict';
import {finished} from 'node:stream/promises';
import {
  dockerBuild,
  IMAGE,
  type LocalCloudBuild,
  PARENT,
  SPEAKER,
  STALLED,
  World,
} from './local-cloud-build.ts';

describe('Cloud Build', () => {
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

  describe('create', () => {
    it('makes an image that runs, and pushes it', async () => {
      const {id} = await cloud.create();

      const build = await world.noticed('SUCCESS');

      assert.equal(build.id, id);
      const [image] = build.results?.images ?? [];
      assert.equal(image?.name, IMAGE);
      assert.equal(cloud.containers.resolve(IMAGE), image?.digest);
      const {logTail} = await cloud.containers.run({image: IMAGE}).exited;
      assert.equal(logTail, 'hello\n');
      const tag = await fetch(`${cloud.url}/v1/${PARENT}/repositories/ml/packages/trainer/tags/1`);
      const {version} = (await tag.json()) as {version: string};
      assert.ok(version.endsWith(`/versions/${image?.digest}`));
    });

    it('announces each status with the build as it is then', async () => {
      await cloud.create({tags: ['run-1']});
      await world.noticed('SUCCESS');

      assert.deepEqual(
        world.notices.map(({attributes, build}) => [attributes.status, build.status]),
        [
          ['QUEUED', 'QUEUED'],
          ['WORKING', 'WORKING'],
          ['SUCCESS', 'SUCCESS'],
        ],
      );
      const {id, createTime, startTime, finishTime, tags} = world.notices.at(-1)?.build ?? {};
      assert.equal(world.notices[2]?.attributes.buildId, id);
      assert.deepEqual(tags, ['run-1']);
      assert.ok(createTime! <= startTime! && startTime! <= finishTime!);
    });

    it('announces on the topic the build names', async () => {
      world.topics.add('projects/demo/topics/mine');
      await cloud.create({options: {pubsubTopic: 'projects/demo/topics/mine'}});
      await world.noticed('SUCCESS');

      assert.deepEqual(
        new Set(world.notices.map(({topic}) => topic)),
        new Set(['projects/demo/topics/mine']),
      );
    });

    it('builds without a topic, and tells nobody', async () => {
      const {name} = await cloud.create({options: {pubsubTopic: 'projects/demo/topics/none'}});

      let status: string | null | undefined;
      do ({status} = (await cloud.builds.get({name})).data);
      while (status === 'QUEUED' || status === 'WORKING');
      assert.deepEqual([status, world.notices], ['SUCCESS', []]);
    });

    it('expands substitutions as it is created', async () => {
      const {id, images, steps} = await cloud.create({
        steps: [dockerBuild('-t', '$_IMAGE:$BUILD_ID', '.')],
        images: [`\${_IMAGE}:$BUILD_ID`],
        substitutions: {_IMAGE: 'us-central1-docker.pkg.dev/demo/ml/trainer'},
      });

      const image = `us-central1-docker.pkg.dev/demo/ml/trainer:${id}`;
      assert.deepEqual(images, [image]);
      assert.deepEqual(steps?.[0]?.args, ['build', '-t', image, '.']);
    });

    it('refuses a variable without a value, and a value without a variable', async () => {
      const unknown = await world.request({images: ['$_IMAGE']});
      const unused = await world.request({substitutions: {_IMAGE: IMAGE}});

      await assert.rejects(cloud.create(unknown), {
        code: 400,
        message: /key in the template "_IMAGE" is not a valid built-in substitution/,
      });
      await assert.rejects(cloud.create(unused), {
        code: 400,
        message: /key "_IMAGE" in the substitution data is not matched in the template/,
      });
      assert.ok(await cloud.create({...unused, options: {substitutionOption: 'ALLOW_LOOSE'}}));
    });

    it('refuses an unknown field', async () => {
      const body = {...(await world.request()), stepz: []};

      await assert.rejects(cloud.create(body), {
        code: 400,
        message: /Unknown name "stepz": Cannot find field/,
      });
    });
  });

  describe('cancel', () => {
    it('ends a build under way', async () => {
      const {id, name} = await cloud.create({source: world.upload(STALLED)});
      await world.noticed('WORKING');

      const {data} = await cloud.builds.cancel({name});

      assert.deepEqual([data.id, data.status], [id, 'CANCELLED']);
      assert.equal((await world.noticed('CANCELLED')).id, id);
    });

    it('stops the work on it', async () => {
      const {name} = await cloud.create({source: world.upload(STALLED)});
      const closed = finished(await world.fetched).catch((error) => error.name);

      await cloud.builds.cancel({name});

      assert.equal(await closed, 'AbortError');
    });

    it('refuses a build that is over', async () => {
      const {name} = await cloud.create();
      await world.noticed('SUCCESS');

      await assert.rejects(cloud.builds.cancel({name}), {
        code: 400,
        message: /already finished/,
      });
    });
  });

  describe('restart', () => {
    it('begins again what was under way, and keeps what was over', async () => {
      const over = await cloud.create();
      await world.noticed('SUCCESS');
      const source = world.upload(STALLED);
      const {id} = await cloud.create({source});
      await cloud.stop();
      world.notices.length = 0;
      world.sources.set(source.storageSource?.generation ?? '', await world.archive(SPEAKER));

      cloud = await world.start();

      assert.equal((await world.noticed('SUCCESS')).id, id);
      const {data} = await cloud.builds.get({name: over.name});
      assert.equal(data.status, 'SUCCESS');
    });
  });
});
