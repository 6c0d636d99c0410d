/** What an object of the data bucket is, by its name: `<pipeline>/pipeline.yaml`, `<pipeline>/trainer/<sha256>.tar.gz`, `<pipeline>/data/…` or `<pipeline>/batch/…`. */
export type DataObject =
  | {readonly kind: 'data'; readonly pipeline: string}
  | {readonly kind: 'definition'; readonly pipeline: string}
  | {readonly kind: 'trainer'; readonly pipeline: string}
  /** Rows to be predicted, and predictions of them. */
  | {readonly kind: 'batch'; readonly pipeline: string}
  | {readonly kind: 'ignored'; readonly why: string}
  | {readonly kind: 'unknown'; readonly why: string};

const PIPELINE = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Lower-case letters, digits and hyphens, at most 40 characters: valid in every Google resource name made from it. */
export function isPipelineName(name: string): boolean {
  return PIPELINE.test(name);
}

/** Objects that tools write on the way to the real one: gsutil's and gcloud's composite parts, partial uploads. */
const TEMPORARY = /(?:^|\/)(?:_tmp\/|gcloud\/tmp\/)|\.part$|\$\$\$\.txt$/;

export function classifyObject(name: string): DataObject {
  if (hasControlCharacter(name)) return {kind: 'unknown', why: 'the name contains control characters'};
  if (name.endsWith('/')) return {kind: 'ignored', why: 'a folder marker'};
  if (TEMPORARY.test(name)) return {kind: 'ignored', why: 'a temporary object of an upload tool'};
  const [pipeline = '', folder, ...rest] = name.split('/');
  if (!isPipelineName(pipeline)) {
    return {
      kind: 'unknown',
      why: `"${pipeline}" is no pipeline name (lower-case letters, digits, hyphens, at most 40)`,
    };
  }
  if (folder === 'pipeline.yaml' && rest.length === 0) return {kind: 'definition', pipeline};
  if (folder === 'trainer' && rest.length > 0) return {kind: 'trainer', pipeline};
  if (folder === 'data' && rest.length > 0) return {kind: 'data', pipeline};
  if (folder === 'batch' && rest.length > 0) return {kind: 'batch', pipeline};
  return {
    kind: 'unknown',
    why: 'it is neither <pipeline>/pipeline.yaml nor under <pipeline>/trainer/, <pipeline>/data/ or <pipeline>/batch/',
  };
}

function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
}
