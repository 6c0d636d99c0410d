import assert from 'node:assert/strict';
import {type LocalCloudBuild, PARENT, World} from './local-cloud-build.ts';

describe('Cloud Build, asked about its builds', () => {
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

  describe('get and list', () => {
    it('finds a build in its own location only', async () => {
      const {id} = await cloud.create();
      const elsewhere = {name: `projects/demo/locations/global/builds/${id}`};

      await assert.rejects(cloud.builds.get(elsewhere), {code: 404});
      await assert.rejects(cloud.client.projects.builds.get({projectId: 'demo', id}), {code: 404});
      await assert.rejects(cloud.builds.get({name: `${PARENT}/builds/none`}), {
        code: 404,
      });
    });

    it('puts a build without a location into "global"', async () => {
      const requestBody = await world.request();
      const {data} = await cloud.client.projects.builds.create({projectId: 'demo', requestBody});
      const {id, name} = data.metadata?.build ?? {};

      assert.equal(name, `projects/demo/locations/global/builds/${id}`);
      assert.equal((await cloud.client.projects.builds.get({projectId: 'demo', id})).data.id, id);
      assert.match(data.name ?? '', /^operations\/build\/demo\//);
    });

    it('filters by tag and status', async () => {
      const one = await cloud.create({tags: ['a', 'b']});
      await cloud.create({tags: ['b'], steps: [{name: 'bash'}]});
      await Promise.all([world.noticed('SUCCESS'), world.noticed('FAILURE')]);

      const list = async (filter: string) => {
        const {data} = await cloud.builds.list({parent: PARENT, filter});
        return (data.builds ?? []).map(({tags}) => tags);
      };

      assert.deepEqual(await list('tags="a"'), [one.tags]);
      assert.equal((await list('tags="b"')).length, 2);
      assert.deepEqual(await list('tags="b" AND status="FAILURE"'), [['b']]);
      assert.deepEqual(await list('status != "FAILURE"'), [one.tags]);
      assert.deepEqual(await list('tags="c"'), []);
    });

    it('filters by the time of creation', async () => {
      const {createTime = ''} = await cloud.create();
      const later = new Date(Date.parse(createTime ?? '') + 1).toISOString();

      const count = async (filter: string) => {
        const {data} = await cloud.builds.list({parent: PARENT, filter});
        return data.builds?.length ?? 0;
      };

      assert.equal(await count(`create_time>="${createTime}"`), 1);
      assert.equal(await count(`create_time>="${later}"`), 0);
      assert.equal(await count(`create_time<"${later}"`), 1);
    });

    it('lists page by page, each build once', async () => {
      const created = [await cloud.create(), await cloud.create(), await cloud.create()];

      const {data: first} = await cloud.builds.list({parent: PARENT, pageSize: 2});
      const pageToken = first.nextPageToken ?? '';
      const {data: second} = await cloud.builds.list({parent: PARENT, pageSize: 2, pageToken});

      assert.equal(first.builds?.length, 2);
      assert.equal(second.nextPageToken, undefined);
      const listed = [first, second].flatMap(({builds = []}) => builds.map(({id}) => id));
      assert.deepEqual(listed.sort(), created.map(({id}) => id).sort());
    });

    for (const query of [
      {filter: 'images="a"'},
      {filter: 'tags:"a"'},
      {filter: 'create_time>"yesterday"'},
      {filter: 'create_time:"2026-01-01T00:00:00Z"'},
      {filter: '('},
      {pageToken: 'none'},
      {pageSize: -1},
    ]) {
      it(`refuses to list by ${JSON.stringify(query)}`, async () => {
        await assert.rejects(cloud.builds.list({parent: PARENT, ...query}), {
          code: 400,
        });
      });
    }
  });

  describe('operations', () => {
    it('carries the build, and its outcome when it is over', async () => {
      const requestBody = await world.request();
      const {data: started} = await cloud.builds.create({
        parent: PARENT,
        requestBody,
      });
      await world.noticed('SUCCESS');
      const {data: over} = await cloud.client.projects.locations.operations.get({name: started.name!});

      assert.equal(started.done, undefined);
      assert.equal(
        started.metadata?.['@type'],
        'type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata',
      );
      assert.deepEqual(
        [over.done, over.response?.status, over.metadata?.build.id],
        [true, 'SUCCESS', over.response?.id],
      );
    });

    it('ends with an error when the build failed', async () => {
      const requestBody = await world.request({steps: [{name: 'bash'}]});
      const {data: started} = await cloud.client.projects.builds.create({projectId: 'demo', requestBody});
      await world.noticed('FAILURE');
      const {data} = await cloud.client.operations.get({name: started.name!});

      assert.deepEqual([data.done, data.error?.code, data.response], [true, 2, undefined]);
      assert.match(data.error?.message ?? '', /build step 0 "bash" failed/);
    });

    it('does not know any other', async () => {
      await assert.rejects(cloud.client.operations.get({name: 'operations/build/demo/bm9uZQ=='}), {
        code: 404,
      });
    });
  });
});
