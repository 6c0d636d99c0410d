import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';

/**
 * Claims a folder for one local cloud; the operating system gives the claim up with the process, however that ends.
 * @returns gives it up
 * @throws Error when another one has it
 */
export function claimFolder(folder: string): () => void {
  mkdirSync(folder, {recursive: true});
  const db = new DatabaseSync(join(folder, 'claim.db'));
  try {
    db.exec('pragma locking_mode=exclusive; begin exclusive');
    return () => db.close();
  } catch (cause) {
    db.close();
    throw new Error(`${folder} is in use by another local cloud`, {cause});
  }
}
