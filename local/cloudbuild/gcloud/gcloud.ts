/**
 * The `gcloud` of the local builder image `gcr.io/cloud-builders/gcloud`: `storage cp` from standard input and `storage cat`.
 * The service is where gcloud itself looks for it, CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE.
 */
import {buffer} from 'node:stream/consumers';
import {parseArgs} from 'node:util';

const OFFERED = 'storage cp [--if-generation-match=GENERATION] - URI" and "storage cat URI';

try {
  process.exitCode = await gcloud(process.argv.slice(2));
} catch (error) {
  process.exitCode = fail(2, `(gcloud) ${error instanceof Error ? error.message : String(error)}`);
}

async function gcloud(words: readonly string[]): Promise<number> {
  const options = {'if-generation-match': {type: 'string'}} as const;
  const {values, positionals} = parseArgs({args: [...words], options, allowPositionals: true});
  const [group, command, ...rest] = positionals;
  if (group === 'storage' && command === 'cp' && rest[0] === '-' && rest.length === 2)
    return copy(objectOf(rest[1]), values['if-generation-match']);
  if (group === 'storage' && command === 'cat' && rest.length === 1) return print(objectOf(rest[0]));
  throw new Error(`the local builder offers "${OFFERED}" only, not "${words.join(' ')}"`);
}

interface ObjectAddress {
  readonly bucket: string;
  readonly name: string;
}

function objectOf(uri = ''): ObjectAddress {
  const [, bucket, name] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || name === undefined)
    throw new Error(`"${uri}" is no gs:// address of an object`);
  return {bucket, name};
}

async function copy({bucket, name}: ObjectAddress, generation: string | undefined): Promise<number> {
  const query = new URLSearchParams({uploadType: 'media', name});
  if (generation !== undefined) query.set('ifGenerationMatch', generation);
  const body = await buffer(process.stdin);
  const answer = await call(`upload/storage/v1/b/${bucket}/o?${query}`, {method: 'POST', body});
  return answer.ok ? 0 : fail(1, `HTTPError ${answer.status}: ${await answer.text()}`);
}

async function print({bucket, name}: ObjectAddress): Promise<number> {
  const answer = await call(`storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`);
  if (answer.status === 404)
    return fail(
      1,
      `(gcloud.storage.cat) The following URLs matched no objects or files:\ngs://${bucket}/${name}`,
    );
  if (!answer.ok) return fail(1, `HTTPError ${answer.status}: ${await answer.text()}`);
  process.stdout.write(Buffer.from(await answer.arrayBuffer()));
  return 0;
}

async function call(path: string, request: RequestInit = {}): Promise<Response> {
  return fetch(`${process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE}${path}`, request);
}

function fail(code: number, why: string): number {
  process.stderr.write(`ERROR: ${why}\n`);
  return code;
}
