import {parseImageReference} from '../containers/image-reference.ts';

/** Where Artifact Registry keeps the image a Docker reference names. */
export interface DockerName {
  /** `projects/P/locations/L/repositories/R`. */
  readonly repository: string;
  /** `…/packages/PKG`; a slash in the image's own name is written `%2F`. */
  readonly package: string;
  /** Undefined for a reference by digest. */
  readonly tag?: string;
}

const HOST_AND_PATH =
  /^(?<location>[a-z0-9-]+)-docker\.pkg\.dev\/(?<project>[^/]+)\/(?<repository>[^/]+)\/(?<image>.+)$/;

/** Reads `L-docker.pkg.dev/P/R/PKG:TAG`; undefined when the reference is no Artifact Registry image. */
export function parseDockerName(reference: string): DockerName | undefined {
  const parsed = parseImageReference(reference);
  const parts = parsed && HOST_AND_PATH.exec(parsed.name)?.groups;
  if (!parts?.image) return undefined;
  const repository = `projects/${parts.project}/locations/${parts.location}/repositories/${parts.repository}`;
  return {
    repository,
    package: `${repository}/packages/${encodeURIComponent(parts.image)}`,
    ...(parsed?.tag !== undefined && {tag: parsed.tag}),
  };
}
