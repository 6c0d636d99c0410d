import type {artifactregistry_v1} from 'googleapis/build/src/apis/artifactregistry/v1.js';
import {ApiError} from '../api-error.ts';
import type {Collection, State} from '../state.ts';
import {parseDockerName} from './docker-name.ts';
import type {Repositories} from './repositories.ts';

type Named<T> = T & {readonly name: string};

/** The images pushed to the repositories, as the API shows them. Keys are resource names. */
export interface Images {
  readonly packages: Collection<Named<artifactregistry_v1.Schema$Package>>;
  /** A version is a digest. */
  readonly versions: Collection<Named<artifactregistry_v1.Schema$Version>>;
  readonly tags: Collection<Named<artifactregistry_v1.Schema$Tag>>;
  /**
   * Records a pushed image and points its tag at it.
   * @param reference `L-docker.pkg.dev/P/R/PKG:TAG`
   * @throws ApiError PERMISSION_DENIED for an unknown repository, as the registry answers; FAILED_PRECONDITION when the
   * repository's tags are immutable and this one stands for another image; INVALID_ARGUMENT for any other reference.
   */
  push(reference: string, digest: string): void;
}

export function openImages(state: State, repositories: Repositories): Images {
  const packages: Images['packages'] = state.collection('artifactregistry.packages');
  const versions: Images['versions'] = state.collection('artifactregistry.versions');
  const tags: Images['tags'] = state.collection('artifactregistry.tags');
  return {
    packages,
    versions,
    tags,
    push(reference, digest) {
      const docker = parseDockerName(reference);
      if (docker?.tag === undefined) {
        throw new ApiError(
          'INVALID_ARGUMENT',
          `${reference} is not L-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE:TAG`,
        );
      }
      const repository = repositories.find(docker.repository);
      if (repository === undefined) {
        throw new ApiError(
          'PERMISSION_DENIED',
          `Permission "artifactregistry.repositories.uploadArtifacts" denied on resource "${docker.repository}" (or it may not exist)`,
        );
      }
      const tag = `${docker.package}/tags/${docker.tag}`;
      const version = `${docker.package}/versions/${digest}`;
      const known = tags.get(tag);
      if (repository.dockerConfig?.immutableTags && known !== undefined && known.version !== version) {
        throw new ApiError(
          'FAILED_PRECONDITION',
          `cannot update tag ${docker.tag}. The repository has enabled tag immutability`,
        );
      }
      const updateTime = new Date().toISOString();
      state.atomically(() => {
        packages.set(docker.package, {
          createTime: updateTime,
          ...packages.get(docker.package),
          name: docker.package,
          updateTime,
        });
        versions.set(version, {createTime: updateTime, ...versions.get(version), name: version, updateTime});
        tags.set(tag, {name: tag, version});
      });
    },
  };
}
