import {existsSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import {join, posix, relative} from 'node:path';
import {pathPattern} from './path-pattern.ts';

/** The files of a build context that .dockerignore lets through, as `/`-separated paths. */
export async function readContextFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true});
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => posix.normalize(relative(folder, join(entry.parentPath, entry.name))));
  const ignoreFile = join(folder, '.dockerignore');
  return existsSync(ignoreFile) ? withoutIgnored(files, await readFile(ignoreFile, 'utf8')) : files;
}

/** Drops the files a .dockerignore text excludes. The last line that matches a file or a folder above it decides. */
export function withoutIgnored(files: readonly string[], ignore: string): string[] {
  const rules = ignore
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      keeps: line.startsWith('!'),
      pattern: pathPattern(relativeToContext(line.replace(/^!/, ''))),
    }));
  return files.filter((file) => {
    const names = selfAndFolders(file);
    const rule = rules.findLast(({pattern}) => names.some((name) => pattern.test(name)));
    return rule === undefined || rule.keeps;
  });
}

/** One file to copy: from a path in the context to a path in the image. */
export interface FileCopy {
  readonly from: string;
  readonly to: string;
}

/**
 * What a COPY instruction copies. A folder stands for its content; a `target` that ends in `/` is a folder.
 * @throws an Error when a source matches no file.
 */
export function filesToCopy(
  files: readonly string[],
  sources: readonly string[],
  target: string,
): FileCopy[] {
  const entries = new Set(files.flatMap(selfAndFolders));
  return sources.flatMap((source) => {
    const path = relativeToContext(source);
    const matches = path === '.' ? ['.'] : [...entries].filter((entry) => pathPattern(path).test(entry));
    if (matches.length === 0)
      throw new Error(`${source}: no such file in the build context (.dockerignore counts)`);
    return matches.flatMap((match) => copiesOf(files, match, target));
  });
}

function copiesOf(files: readonly string[], match: string, target: string): FileCopy[] {
  if (files.includes(match)) {
    return [{from: match, to: target.endsWith('/') ? posix.join(target, posix.basename(match)) : target}];
  }
  const prefix = match === '.' ? '' : `${match}/`;
  return files
    .filter((file) => file.startsWith(prefix))
    .map((from) => ({from, to: posix.join(target, from.slice(prefix.length))}));
}

/** Docker reads `/a`, `./a` and `../a` alike as `a` at the root of the context. */
function relativeToContext(path: string): string {
  return posix
    .join('/', path)
    .replace(/^\/(?=.)/, '')
    .replace(/(?<=.)\/$/, '')
    .replace(/^\/$/, '.');
}

function selfAndFolders(file: string): string[] {
  const parts = file.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
