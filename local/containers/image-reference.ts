/** A name an image goes by: `host/path:tag` or `host/path@sha256:…`. */
export interface ImageReference {
  /** `host/path`. */
  readonly name: string;
  /** `latest` when the text gave neither tag nor digest. */
  readonly tag?: string;
  readonly digest?: string;
}

const REFERENCE =
  /^(?<name>[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Reads a Docker image reference; undefined when the text is none. A digest wins over a tag, as in Docker. */
export function parseImageReference(text: string): ImageReference | undefined {
  const groups = REFERENCE.exec(text)?.groups;
  if (groups?.name === undefined) return undefined;
  const {name, tag, digest} = groups;
  return digest === undefined ? {name, tag: tag ?? 'latest'} : {name, digest};
}

/** The canonical text: always with a digest or a tag. */
export function formatImageReference({name, tag, digest}: ImageReference): string {
  return digest === undefined ? `${name}:${tag}` : `${name}@${digest}`;
}
