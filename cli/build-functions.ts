import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {build} from 'esbuild';
import {projectFolder} from './project-folder.ts';

/** Where the deployed bundle lies; Terraform zips this folder. */
export const bundleFolder = join(projectFolder, 'dist', 'functions');

/**
 * Installed beside the bundle instead of being inside it: the framework, whose command line must find what the bundle registers,
 * and a native module.
 */
const OUTSIDE = ['@google-cloud/functions-framework', '@node-rs/crc32'] as const;

/** Bundles all functions into one file, with the package.json that Cloud Functions installs from. */
export async function buildFunctions(): Promise<void> {
  await mkdir(bundleFolder, {recursive: true});
  await build({
    entryPoints: [join(projectFolder, 'functions', 'index.ts')],
    outfile: join(bundleFolder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // The storage client's HTTP library knows an AbortSignal by its class name.
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    external: [...OUTSIDE],
    legalComments: 'linked',
    logLevel: 'warning',
  });
  await writeFile(join(bundleFolder, 'package.json'), `${JSON.stringify(await manifest(), null, 2)}\n`);
}

async function manifest() {
  const {default: project} = await import('../package.json', {with: {type: 'json'}});
  return {
    name: 'millrace-functions',
    version: project.version,
    private: true,
    main: 'index.js',
    engines: {node: '24'},
    dependencies: Object.fromEntries(OUTSIDE.map((name) => [name, project.dependencies[name]])),
  };
}
