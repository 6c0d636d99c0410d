import {existsSync} from 'node:fs';
import {watch} from 'node:fs/promises';
import {dirname} from 'node:path';

/** Resolves when the file is there; its folder has to be. */
export async function appeared(path: string): Promise<void> {
  const changes = watch(dirname(path));
  if (existsSync(path)) return;
  for await (const _ of changes) {
    if (existsSync(path)) return;
  }
}
