import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../cli/project-folder.ts';

// Puts what the last runs of the benches measured where it is read: the tables into docs/explanation/performance.md, the numbers into performance.json.
//
//     npm run bench:publish

const BENCHES = ['split', 'storage', 'memory'] as const;
const folder = join(projectFolder, 'docs', 'explanation');
const pagePath = join(folder, 'performance.md');
const numbersPath = join(folder, 'performance.json');

function measured(bench: string, kind: string): string {
  return join(projectFolder, 'dist', 'bench', `${bench}.${kind}`);
}

/** The page with another table between the marks of a bench. */
function withTable(page: string, bench: string, table: string): string {
  const [opening, closing] = [`<!-- table: ${bench} -->`, `<!-- end: ${bench} -->`];
  const [before, after] = [page.split(opening)[0], page.split(closing)[1]];
  if (before === undefined || after === undefined) throw new Error(`${pagePath} has no place for ${bench}.`);
  return `${before}${opening}\n\n${table.trim()}\n\n${closing}${after}`;
}

/** Three decimals say all that a measurement can. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}

let page = await readFile(pagePath, 'utf8');
const numbers = JSON.parse(await readFile(numbersPath, 'utf8'));
for (const bench of BENCHES.filter((name) => existsSync(measured(name, 'json')))) {
  page = withTable(page, bench, await readFile(measured(bench, 'md'), 'utf8'));
  numbers[bench] = JSON.parse(await readFile(measured(bench, 'json'), 'utf8'));
  console.log(`Published ${bench}.`);
}
await writeFile(pagePath, page);
await writeFile(numbersPath, `${JSON.stringify(numbers, rounded, 2)}\n`);
