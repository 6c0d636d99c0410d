import {glob, readFile} from 'node:fs/promises';
import {join} from 'node:path';

export const projectFolder = join(import.meta.dirname, '..', '..');

/** A file of the project, by its path there. */
export function source(path: string): Promise<string> {
  return readFile(join(projectFolder, path), 'utf8');
}

/** A page of docs/reference/. */
export function page(name: string): Promise<string> {
  return source(`docs/reference/${name}`);
}

/** The texts of a page's headings of one level. */
export function headings(text: string, level: 2 | 3): string[] {
  return matches(text, level === 2 ? /^## (.+)$/gm : /^### (.+)$/gm);
}

/** The part of a page below a heading of level two. */
export function section(text: string, heading: string): string {
  const found = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`there is no section "${heading}"`);
  return found;
}

/** What the first group of a global pattern finds. */
export function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

/** The error codes that stand in the product's sources. */
export async function codesInSources(): Promise<ReadonlySet<string>> {
  const codes = new Set<string>();
  for await (const path of glob('{functions,shared,cli}/**/*.ts', {cwd: projectFolder})) {
    for (const code of matches(
      await source(path),
      /(?:(?:Permanent|TooMany)Error\(\s*|\bcode: )'([A-Z][A-Z0-9_]+)'/g,
    ))
      codes.add(code);
  }
  return codes;
}
