import {basename, join} from 'node:path';
import {build} from 'esbuild';
import {projectFolder} from '../../cli/project-folder.ts';

/** In the project, so that Node finds its packages. */
const folder = join(projectFolder, 'dist', 'bench', 'programs');

/** Bundles programs, as the functions are when they are deployed; returns where each of them then is. */
export async function bundle(programs: readonly string[]): Promise<readonly string[]> {
  const require = `import {createRequire} from 'node:module'; const require = createRequire(${JSON.stringify(join(projectFolder, 'package.json'))});`;
  await build({
    entryPoints: Object.fromEntries(programs.map((program) => [basename(program, '.ts'), program])),
    outdir: folder,
    outExtension: {'.js': '.mjs'},
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@node-rs/crc32'],
    banner: {js: require},
  });
  return programs.map((program) => join(folder, `${basename(program, '.ts')}.mjs`));
}
