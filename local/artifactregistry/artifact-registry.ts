import {randomUUID} from 'node:crypto';
import type {FastifyPluginAsync} from 'fastify';
import type {artifactregistry_v1} from 'googleapis/build/src/apis/artifactregistry/v1.js';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {page} from '../page.ts';
import {parseRequest} from '../request.ts';
import type {State} from '../state.ts';
import {type Images, openImages} from './images.ts';
import {openRepositories, type Repositories, type Repository, type RepositoryPath} from './repositories.ts';

type Operation = artifactregistry_v1.Schema$Operation;

/** Artifact Registry's Docker repositories: what was pushed, and which digest a tag stands for. */
export interface ArtifactRegistry extends Pick<Images, 'push'> {
  readonly routes: FastifyPluginAsync;
}

export function artifactRegistry(state: State): ArtifactRegistry {
  const repositories = openRepositories(state);
  const images = openImages(state, repositories);
  return {
    push: images.push,
    routes: async (app) => {
      await app.register(repositoryRoutes(repositories), {prefix: LOCATION});
      await app.register(imageRoutes(repositories, images), {prefix: `${LOCATION}/repositories/:repository`});
    },
  };
}

const LOCATION = '/v1/projects/:project/locations/:location';

function repositoryRoutes(repositories: Repositories): FastifyPluginAsync {
  return async (app) => {
    app.post<{Params: RepositoryPath}>('/repositories', async ({params, query, body}) =>
      finishedOperation(params, repositories.create(params, query, body)),
    );
    app.get<{Params: RepositoryPath}>('/repositories', async ({params, query}) => {
      const parent = `projects/${params.project}/locations/${params.location}/repositories/`;
      const {items, ...next} = listed(repositories.all(), parent, query);
      return {repositories: items, ...next} satisfies artifactregistry_v1.Schema$ListRepositoriesResponse;
    });
    app.get<{Params: RepositoryPath}>('/repositories/:repository', async ({params}) =>
      existing(repositories.find(repositoryName(params))),
    );
  };
}

interface ImagePath extends RepositoryPath {
  /** Decoded: with `/` where the name has `%2F`. */
  readonly package: string;
  readonly version: string;
  readonly tag: string;
}

function imageRoutes(repositories: Repositories, {packages, versions, tags}: Images): FastifyPluginAsync {
  return async (app) => {
    app.get<{Params: ImagePath}>('/packages', async ({params, query}) => {
      const repository = existing(repositories.find(repositoryName(params)));
      const {items, ...next} = listed(packages.values(), `${repository.name}/packages/`, query);
      return {packages: items, ...next} satisfies artifactregistry_v1.Schema$ListPackagesResponse;
    });
    app.get<{Params: ImagePath}>('/packages/:package', async ({params}) =>
      existing(packages.get(packageName(params))),
    );
    app.get<{Params: ImagePath}>('/packages/:package/versions', async ({params, query}) => {
      const image = existing(packages.get(packageName(params)));
      const {items, ...next} = listed(versions.values(), `${image.name}/versions/`, query);
      return {versions: items, ...next} satisfies artifactregistry_v1.Schema$ListVersionsResponse;
    });
    app.get<{Params: ImagePath}>('/packages/:package/versions/:version', async ({params}) =>
      existing(versions.get(`${packageName(params)}/versions/${params.version}`)),
    );
    app.get<{Params: ImagePath}>('/packages/:package/tags', async ({params, query}) => {
      const image = existing(packages.get(packageName(params)));
      const {items, ...next} = listed(tags.values(), `${image.name}/tags/`, query);
      return {tags: items, ...next} satisfies artifactregistry_v1.Schema$ListTagsResponse;
    });
    app.get<{Params: ImagePath}>('/packages/:package/tags/:tag', async ({params}) =>
      existing(tags.get(`${packageName(params)}/tags/${params.tag}`)),
    );
  };
}

function repositoryName({project, location, repository}: RepositoryPath): string {
  return `projects/${project}/locations/${location}/repositories/${repository}`;
}

function packageName(path: ImagePath): string {
  return `${repositoryName(path)}/packages/${encodeURIComponent(path.package)}`;
}

function existing<T>(resource: T | undefined): T {
  if (resource === undefined) throw new ApiError('NOT_FOUND', 'Requested entity was not found.');
  return resource;
}

const listQuery = z.object({
  pageSize: z.coerce.number().int().default(0),
  pageToken: z.string().default(''),
});

function listed<T extends {readonly name: string}>(all: Iterable<T>, prefix: string, query: unknown) {
  const found = [...all].filter(({name}) => name.startsWith(prefix));
  return page(found, ({name}) => name, parseRequest(listQuery, query));
}

/** A repository is made at once, so its operation is over when the caller hears of it. */
function finishedOperation({project, location}: RepositoryPath, repository: Repository): Operation {
  const metadata = {'@type': 'type.googleapis.com/google.devtools.artifactregistry.v1.OperationMetadata'};
  const response = {
    '@type': 'type.googleapis.com/google.devtools.artifactregistry.v1.Repository',
    ...repository,
  };
  const id = randomUUID();
  return {name: `projects/${project}/locations/${location}/operations/${id}`, done: true, metadata, response};
}
