import type {artifactregistry_v1} from 'googleapis/build/src/apis/artifactregistry/v1.js';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {ignoring, labels, notOffered, parseRequest} from '../request.ts';
import type {State} from '../state.ts';

export type Repository = artifactregistry_v1.Schema$Repository & {readonly name: string};

const OUTPUT_FIELDS: (keyof artifactregistry_v1.Schema$Repository)[] = [
  'name',
  'createTime',
  'updateTime',
  'sizeBytes',
  'registryUri',
  'satisfiesPzi',
  'satisfiesPzs',
];

const newRepository = ignoring(
  OUTPUT_FIELDS,
  z.strictObject({
    format: z.literal('DOCKER'),
    mode: z.enum(['MODE_UNSPECIFIED', 'STANDARD_REPOSITORY']).exactOptional(),
    description: z.string().exactOptional(),
    labels: labels.exactOptional(),
    dockerConfig: z.strictObject({immutableTags: z.boolean().exactOptional()}).exactOptional(),
    cleanupPolicies: notOffered(),
    cleanupPolicyDryRun: notOffered(),
    kmsKeyName: notOffered(),
    remoteRepositoryConfig: notOffered(),
    virtualRepositoryConfig: notOffered(),
    vulnerabilityScanningConfig: notOffered(),
  }),
) satisfies z.ZodType<artifactregistry_v1.Schema$Repository>;

const createQuery = z.object({
  repositoryId: z
    .string()
    .regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must match [a-z]([a-z0-9-]*[a-z0-9])?'),
});

export interface RepositoryPath {
  readonly project: string;
  readonly location: string;
  readonly repository: string;
}

/** The Docker repositories of this cloud. */
export interface Repositories {
  /** @throws ApiError INVALID_ARGUMENT, or ALREADY_EXISTS. */
  create(path: Omit<RepositoryPath, 'repository'>, query: unknown, body: unknown): Repository;
  find(name: string): Repository | undefined;
  all(): Iterable<Repository>;
}

export function openRepositories(state: State): Repositories {
  const repositories = state.collection<Repository>('artifactregistry.repositories');
  return {
    create({project, location}, query, body) {
      const {repositoryId} = parseRequest(createQuery, query);
      const wanted = parseRequest(newRepository, body);
      const name = `projects/${project}/locations/${location}/repositories/${repositoryId}`;
      if (repositories.has(name)) throw new ApiError('ALREADY_EXISTS', 'the repository already exists');
      const now = new Date().toISOString();
      const repository: Repository = {
        mode: 'STANDARD_REPOSITORY',
        ...wanted,
        name,
        createTime: now,
        updateTime: now,
        registryUri: `${location}-docker.pkg.dev/${project}/${repositoryId}`,
      };
      repositories.set(name, repository);
      return repository;
    },
    find: (name) => repositories.get(name),
    all: () => repositories.values(),
  };
}
