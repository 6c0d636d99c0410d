import {execFile} from 'node:child_process';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {gzipSync} from 'node:zlib';
import {buildFunctions, bundlesFolder} from './build-functions.ts';

// Builds every function as it is deployed, has it compiled once, and prints how large each is.

const run = promisify(execFile);

async function megabytes(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cjs'));
  const code = Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, file)))));
  return [code, gzipSync(code)].map(({length}) => (length / 1e6).toFixed(2).padStart(8));
}

const names = await buildFunctions();
console.log(`${'dist/functions/'.padEnd(20)}      MB     gzip`);
for (const name of names) {
  const folder = join(bundlesFolder, name);
  await run(process.execPath, [join(folder, 'warm.cjs')]);
  console.log(name.padEnd(20), ...(await megabytes(folder)));
}
