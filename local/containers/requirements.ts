import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {treeDigest} from './tree-digest.ts';

/** The lines of a requirements file that mean something: continued lines joined, comments and blanks dropped, sorted. */
export function requirementLines(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .sort();
}

/**
 * A digest of what `pip install -r path` would install: the lines, and the content of each local file or folder they name
 * (`./package`, `-r other.txt`), relative to the requirements file.
 */
export async function requirementsDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const line of requirementLines(await readFile(path, 'utf8'))) {
    hash.update(`${line}\n`);
    for (const word of line.split(/[\s=]+/).filter(Boolean)) {
      const local = resolve(dirname(path), word);
      if (existsSync(local)) hash.update(`${await treeDigest(local)}\n`);
    }
  }
  return hash.digest('hex');
}
