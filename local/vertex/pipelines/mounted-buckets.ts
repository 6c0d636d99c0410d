import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';

/** Stands in for `/gcs`, under which Vertex AI mounts all buckets: a folder whose files are carried to and from the buckets. */
export interface MountedBuckets {
  /** The file or folder behind a gs:// address. */
  pathOf(uri: string): string;
  /** Brings the objects at and below an address here, unless something is. */
  fetch(uri: string): Promise<void>;
  /** Puts what lies at and below the path of an address into its bucket. */
  publish(uri: string): Promise<void>;
}

/** @param storage root URL of Cloud Storage's JSON API */
export function mountedBuckets(folder: string, storage: () => string): MountedBuckets {
  const pathOf = (uri: string) => join(folder, uri.replace(/^gs:\/\//, ''));

  async function download(bucket: string, name: string): Promise<void> {
    const url = `${storage()}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`;
    const answer = await assertOk(await fetch(url), `reading gs://${bucket}/${name}`);
    const path = pathOf(`gs://${bucket}/${name}`);
    await mkdir(dirname(path), {recursive: true});
    await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  }

  return {
    pathOf,
    async fetch(uri) {
      if (existsSync(pathOf(uri))) return;
      const {bucket, name} = partsOf(uri);
      const url = `${storage()}/storage/v1/b/${bucket}/o?prefix=${encodeURIComponent(name)}`;
      const answer = await assertOk(await fetch(url), `listing ${uri}`);
      const {items = []} = (await answer.json()) as {items?: {name: string}[]};
      const wanted = items.filter((item) => item.name === name || item.name.startsWith(`${name}/`));
      await Promise.all(wanted.map((item) => download(bucket, item.name)));
    },
    async publish(uri) {
      const path = pathOf(uri);
      if (!existsSync(path)) return;
      const {bucket} = partsOf(uri);
      for (const file of await filesAt(path)) {
        const name = relative(pathOf(`gs://${bucket}`), file);
        const query = `uploadType=media&name=${encodeURIComponent(name)}`;
        const request = {method: 'POST', body: await readFile(file)};
        const answer = await fetch(`${storage()}/upload/storage/v1/b/${bucket}/o?${query}`, request);
        assertOk(answer, `writing gs://${bucket}/${name}`);
      }
    },
  };
}

async function filesAt(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, {recursive: true, withFileTypes: true});
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function partsOf(uri: string): {bucket: string; name: string} {
  const [bucket = '', ...rest] = uri.replace(/^gs:\/\//, '').split('/');
  return {bucket, name: rest.join('/')};
}

function assertOk(answer: Response, doing: string): Response {
  if (!answer.ok) throw new Error(`${doing}: Cloud Storage answered ${answer.status}`);
  return answer;
}
