import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from './project-folder.ts';

// Compiles the kernel of the split and writes its bytes as a module, so that Node, the bundle and the tests import it alike.

const kernelFolder = join(projectFolder, 'shared', 'split-kernel');
const sourceFolder = join(kernelFolder, 'assembly');
const generated = join(kernelFolder, 'generated.ts');

/** `stub` never frees memory: all of it is allocated before the first record. */
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='] as const;

/** The first line of what was generated; it changes with the sources and the options. */
async function stamp(): Promise<string> {
  const digest = createHash('sha256').update(OPTIONS.join(' '));
  for (const name of (await readdir(sourceFolder)).toSorted()) {
    digest.update(`\n${name}\n`).update(await readFile(join(sourceFolder, name)));
  }
  return `// Compiled by cli/build-kernel.ts from ${digest.digest('hex').slice(0, 16)}`;
}

async function compile(): Promise<Uint8Array> {
  const {default: asc} = await import('assemblyscript/asc');
  const output = new Map<string, Uint8Array>();
  const {error, stderr} = await asc.main(['index.ts', '--outFile', 'kernel.wasm', ...OPTIONS], {
    readFile: (name) => {
      const path = join(sourceFolder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (name, contents) => {
      output.set(name, Buffer.from(contents));
    },
    listFiles: () => null,
  });
  const bytes = output.get('kernel.wasm');
  if (error || bytes === undefined)
    throw new Error(`The kernel does not compile.\n${stderr}`, {cause: error});
  return bytes;
}

const firstLine = await stamp();
if (!existsSync(generated) || !readFileSync(generated, 'utf8').startsWith(`${firstLine}\n`)) {
  const base64 = Buffer.from(await compile()).toString('base64');
  await writeFile(generated, `${firstLine}\nexport const kernelBase64 =\n  '${base64}';\n`);
}
