import {setTimeout as sleep} from 'node:timers/promises';
import {InputError} from './input-error.ts';

const METADATA = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token';
/** Before each further try, after an answer that may be another one later. */
const PAUSES_MS = [500, 2000, 8000];

/** @throws InputError when there is no such object */
export async function readObject(uri: string): Promise<Buffer> {
  const {bucket, name} = parse(uri);
  const answer = await ask(`/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`);
  if (answer.status === 404) throw new InputError(`there is no ${uri}`);
  return Buffer.from(await assertOk(answer, `reading ${uri}`).arrayBuffer());
}

export async function writeObject(uri: string, content: Uint8Array | string): Promise<void> {
  assertOk(await upload(uri, content), `writing ${uri}`);
}

/** False when it was there already. */
export async function createObject(uri: string, content: string): Promise<boolean> {
  const answer = await upload(uri, content, '&ifGenerationMatch=0');
  return answer.status !== 412 && assertOk(answer, `creating ${uri}`).ok;
}

function upload(uri: string, body: Uint8Array | string, condition = ''): Promise<Response> {
  const {bucket, name} = parse(uri);
  const query = `uploadType=media&name=${encodeURIComponent(name)}${condition}`;
  return ask(`/upload/storage/v1/b/${bucket}/o?${query}`, {method: 'POST', body: Buffer.from(body)});
}

async function ask(path: string, request: RequestInit = {}): Promise<Response> {
  const host = process.env.STORAGE_EMULATOR_HOST;
  const url = `${host ?? 'https://storage.googleapis.com'}${path}`;
  const headers = host === undefined ? {authorization: `Bearer ${await accessToken()}`} : {};
  for (const pauseMs of PAUSES_MS) {
    const answer = await fetch(url, {...request, headers}).catch(() => undefined);
    if (answer !== undefined && answer.status !== 429 && answer.status < 500) return answer;
    await sleep(pauseMs);
  }
  return fetch(url, {...request, headers});
}

/** Of the service account that the container runs as. */
async function accessToken(): Promise<string> {
  const answer = await fetch(METADATA, {headers: {'metadata-flavor': 'Google'}});
  const {access_token: token} = (await assertOk(answer, 'asking for a token').json()) as {
    access_token: string;
  };
  return token;
}

function assertOk(answer: Response, doing: string): Response {
  if (!answer.ok) throw new InputError(`${doing}: Cloud Storage answered ${answer.status}`);
  return answer;
}

function parse(uri: string): {bucket: string; name: string} {
  const [, bucket, name] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || name === undefined) throw new InputError(`${uri} is no gs:// address`);
  return {bucket, name};
}
