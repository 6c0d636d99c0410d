import {createHash, type Hash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {lstat, readdir, readlink} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';

/** SHA-256, in hex, of a file or folder: names, contents, links and the executable bit, but no times and no owners. */
export async function treeDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await add(hash, path, '');
  return hash.digest('hex');
}

async function add(hash: Hash, root: string, name: string): Promise<void> {
  const path = join(root, name);
  const entry = await lstat(path);
  if (entry.isDirectory()) {
    for (const child of (await readdir(path)).sort()) await add(hash, root, join(name, child));
    return;
  }
  const content = entry.isSymbolicLink() ? await readlink(path) : await fileDigest(path);
  hash.update(JSON.stringify([name, entry.isSymbolicLink(), (entry.mode & 0o100) !== 0, content]));
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
