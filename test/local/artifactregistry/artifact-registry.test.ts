import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {FastifyInstance} from 'fastify';
import {artifactregistry_v1} from 'googleapis/build/src/apis/artifactregistry/v1.js';
import {type ArtifactRegistry, artifactRegistry} from '../../../local/artifactregistry/artifact-registry.ts';
import {httpServer} from '../../../local/http.ts';
import {openState, type State} from '../../../local/state.ts';

const PARENT = 'projects/demo/locations/us-central1';
const REPOSITORY = `${PARENT}/repositories/ml`;
const HOST = 'us-central1-docker.pkg.dev/demo';
const FIRST = `sha256:${'1'.repeat(64)}`;
const SECOND = `sha256:${'2'.repeat(64)}`;

describe('Artifact Registry', () => {
  let folder: string;
  let state: State;
  let registry: ArtifactRegistry;
  let app: FastifyInstance;
  let repositories: artifactregistry_v1.Resource$Projects$Locations$Repositories;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'artifact-registry-'));
    await open();
    await create('ml');
  });

  afterEach(async () => {
    await close();
    await rm(folder, {recursive: true});
  });

  async function open(): Promise<void> {
    state = openState(folder);
    registry = artifactRegistry(state);
    app = httpServer();
    app.register(registry.routes);
    const rootUrl = await app.listen({port: 0, host: '127.0.0.1'});
    repositories = new artifactregistry_v1.Artifactregistry({rootUrl, auth: 'no-key'}).projects.locations
      .repositories;
  }

  async function close(): Promise<void> {
    await app.close();
    state.close();
  }

  async function create(repositoryId: string, change: artifactregistry_v1.Schema$Repository = {}) {
    const requestBody = {format: 'DOCKER', ...change};
    return (await repositories.create({parent: PARENT, repositoryId, requestBody})).data;
  }

  describe('repositories', () => {
    it('answers a create with a finished operation', async () => {
      const {done, name, response} = await create('more', {labels: {team: 'ml'}});

      assert.equal(done, true);
      assert.match(name ?? '', /^projects\/demo\/locations\/us-central1\/operations\//);
      assert.equal(response?.name, `${PARENT}/repositories/more`);
      const {data} = await repositories.get({name: `${PARENT}/repositories/more`});
      assert.deepEqual(
        [data.format, data.labels, data.registryUri],
        ['DOCKER', {team: 'ml'}, `${HOST}/more`],
      );
    });

    it('lists those of one location', async () => {
      await create('other');
      await repositories.create({
        parent: 'projects/demo/locations/europe-west1',
        repositoryId: 'far',
        requestBody: {format: 'DOCKER'},
      });

      const {data} = await repositories.list({parent: PARENT});
      assert.deepEqual(
        data.repositories?.map(({name}) => name),
        [REPOSITORY, `${PARENT}/repositories/other`],
      );
    });

    it('refuses a second of the same name', async () => {
      await assert.rejects(create('ml'), {code: 409, message: /already exists/});
    });

    const refusals: [what: string, id: string, change: object, message: RegExp][] = [
      ['an unknown field', 'a', {immutable: true}, /Unknown name "immutable": Cannot find field/],
      ['another format', 'a', {format: 'NPM'}, /Invalid value at 'format'/],
      [
        'a field the local cloud does not offer',
        'a',
        {kmsKeyName: 'k'},
        /kmsKeyName': the local cloud does not offer/,
      ],
      ['a name in capitals', 'ML', {}, /Invalid value at 'repositoryId'/],
    ];
    for (const [what, id, change, message] of refusals) {
      it(`refuses ${what}`, async () => {
        await assert.rejects(create(id, change), {code: 400, message});
      });
    }

    it('does not know one that was never created', async () => {
      await assert.rejects(repositories.get({name: `${PARENT}/repositories/none`}), {code: 404});
    });
  });

  describe('images', () => {
    it('shows the version a tag stands for', async () => {
      registry.push(`${HOST}/ml/trainer:1`, FIRST);

      const {data} = await repositories.packages.tags.get({name: `${REPOSITORY}/packages/trainer/tags/1`});

      assert.deepEqual(data, {
        name: `${REPOSITORY}/packages/trainer/tags/1`,
        version: `${REPOSITORY}/packages/trainer/versions/${FIRST}`,
      });
    });

    it('moves a tag, and keeps the older version', async () => {
      registry.push(`${HOST}/ml/trainer:1`, FIRST);
      registry.push(`${HOST}/ml/trainer:1`, SECOND);

      const parent = `${REPOSITORY}/packages/trainer`;
      const {data: tag} = await repositories.packages.tags.get({name: `${parent}/tags/1`});
      const {data} = await repositories.packages.versions.list({parent});
      assert.ok(tag.version?.endsWith(SECOND));
      assert.deepEqual(
        data.versions?.map(({name}) => name),
        [`${parent}/versions/${FIRST}`, `${parent}/versions/${SECOND}`],
      );
    });

    it('finds an image whose name has a slash', async () => {
      registry.push(`${HOST}/ml/team/trainer:1`, FIRST);
      const name = `${REPOSITORY}/packages/team%2Ftrainer`;

      assert.equal((await repositories.packages.get({name})).data.name, name);
      const {data} = await repositories.packages.tags.list({parent: name});
      assert.deepEqual(
        data.tags?.map((tag) => tag.name),
        [`${name}/tags/1`],
      );
    });

    it('lists the packages page by page', async () => {
      for (const image of ['a', 'b', 'c']) registry.push(`${HOST}/ml/${image}:1`, FIRST);

      const {data: first} = await repositories.packages.list({parent: REPOSITORY, pageSize: 2});
      const pageToken = first.nextPageToken ?? '';
      const {data: second} = await repositories.packages.list({parent: REPOSITORY, pageSize: 2, pageToken});

      const names = [first, second].map(({packages = []}) => packages.map(({name}) => name?.at(-1)));
      assert.deepEqual(names, [['a', 'b'], ['c']]);
    });

    it('remembers over a restart', async () => {
      registry.push(`${HOST}/ml/trainer:1`, FIRST);
      await close();
      await open();

      const {data} = await repositories.packages.tags.get({name: `${REPOSITORY}/packages/trainer/tags/1`});
      assert.ok(data.version?.endsWith(FIRST));
    });

    it('does not know a tag, a version or a package that was never pushed', async () => {
      registry.push(`${HOST}/ml/trainer:1`, FIRST);
      const {packages} = repositories;
      const name = `${REPOSITORY}/packages/trainer`;

      await assert.rejects(packages.tags.get({name: `${name}/tags/2`}), {code: 404});
      await assert.rejects(packages.versions.get({name: `${name}/versions/${SECOND}`}), {code: 404});
      await assert.rejects(packages.get({name: `${REPOSITORY}/packages/other`}), {code: 404});
      await assert.rejects(packages.tags.list({parent: `${REPOSITORY}/packages/other`}), {code: 404});
      await assert.rejects(packages.list({parent: `${PARENT}/repositories/none`}), {code: 404});
    });
  });

  describe('push', () => {
    it('refuses an unknown repository', () => {
      assert.throws(() => registry.push(`${HOST}/none/trainer:1`, FIRST), {
        status: 'PERMISSION_DENIED',
        message:
          /uploadArtifacts" denied on resource "projects\/demo\/locations\/us-central1\/repositories\/none"/,
      });
    });

    for (const reference of ['gcr.io/demo/trainer:1', `${HOST}/ml/trainer@${FIRST}`]) {
      it(`refuses ${reference}`, () => {
        assert.throws(() => registry.push(reference, FIRST), {status: 'INVALID_ARGUMENT'});
      });
    }

    it('moves no tag of a repository with immutable tags', async () => {
      await create('fixed', {dockerConfig: {immutableTags: true}});
      registry.push(`${HOST}/fixed/trainer:1`, FIRST);
      registry.push(`${HOST}/fixed/trainer:1`, FIRST);

      assert.throws(() => registry.push(`${HOST}/fixed/trainer:1`, SECOND), {
        status: 'FAILED_PRECONDITION',
        message: /tag immutability/,
      });
    });
  });
});
