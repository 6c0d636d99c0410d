import {cp, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {type BuildOptions, build, type Metafile, type Plugin} from 'esbuild';
import {writeManifest} from './build-manifest.ts';
import {type Deployment, readDeployment} from './deployment.ts';
import {projectFolder} from './project-folder.ts';

/** Where the bundles lie, each function's in a folder of its own; Terraform zips these. */
export const bundlesFolder = join(projectFolder, 'dist', 'functions');

const clientsFolder = join(projectFolder, 'dist', 'clients');
const functionsFolder = join(projectFolder, 'functions');
/** What is in every bundle as it is: how it starts. */
const commonFiles = join(projectFolder, 'cli', 'bundle');

const CLIENTS_FILE = /^\.\/\w+-clients\.cjs$/;

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  // Native code; Cloud Functions installs it.
  external: ['@node-rs/crc32'],
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Makes the bundle of every function: the code of its own in one file, the clients that it loads on first use in others.
 * @returns their names
 */
export async function buildFunctions(): Promise<readonly string[]> {
  const deployment = await readDeployment();
  const names = Object.keys(deployment.functions);
  const clients = new Set<string>();
  await rm(bundlesFolder, {recursive: true, force: true});
  const built = await Promise.all(
    names.map(async (name) => {
      const outfile = join(bundlesFolder, name, 'function.cjs');
      const stdin = {contents: entryOf(name, deployment), resolveDir: functionsFolder, loader: 'ts'} as const;
      const plugins = [clientsApart(clients), fewEncodings, zodNamespace];
      const {metafile} = await build({...OPTIONS, stdin, outfile, plugins, metafile: true});
      return {name, files: clientFilesIn(metafile)};
    }),
  );
  await buildClients(clients);
  for (const {name, files} of built) {
    const folder = join(bundlesFolder, name);
    await cp(commonFiles, folder, {recursive: true});
    for (const file of files) await cp(join(clientsFolder, file), join(folder, file));
    await writeManifest(name, folder);
  }
  return names;
}

/** The files of clients that a bundle still names when all that it does not use is left out. */
function clientFilesIn({outputs}: Metafile): ReadonlySet<string> {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  return new Set(imports.map(({path}) => path).filter((path) => CLIENTS_FILE.test(path)));
}

async function buildClients(packages: Iterable<string>): Promise<void> {
  await Promise.all(
    Object.entries(Object.groupBy(packages, fileOf)).map(([file, group = []]) => {
      // A file that loads none of them before it is asked to.
      const loaders = group.map((name) => `exports['${name}'] = () => require('${name}');`);
      const stdin = {contents: loaders.join('\n'), resolveDir: functionsFolder};
      // The storage client's HTTP library knows an AbortSignal by its class name.
      return build({...OPTIONS, keepNames: true, stdin, outfile: join(clientsFolder, file)});
    }),
  );
}

/** Nearly every event needs Firestore and Pub/Sub, and shall not have to read the code of Vertex AI; few deployments record spans. */
function fileOf(client: string): string {
  if (client.startsWith('@opentelemetry/')) return 'traces-clients.cjs';
  return /firestore|pubsub|grpc/.test(client) ? 'grpc-clients.cjs' : 'http-clients.cjs';
}

/** A file `split-data.ts` exports the function `splitData`. */
function entryOf(name: string, {functions}: Deployment): string {
  const value = name.replaceAll(/-[a-z]/g, (pair) => pair.slice(1).toUpperCase());
  const isStage = functions[name]?.triggers.some((trigger) => 'topic' in trigger || 'bucket' in trigger);
  const serve = isStage ? 'serveStage' : 'serveHttp';
  return `import {${serve}} from './index.ts'; import {${value}} from './${name}.ts'; ${serve}(${value});`;
}

/** Leaves the packages that are imported on first use to another file, and tells which they are. */
function clientsApart(clients: Set<string>): Plugin {
  return {
    name: 'clients-apart',
    setup({onResolve, onLoad}) {
      onResolve({filter: /^[^.]/}, ({kind, path}) => {
        if (kind !== 'dynamic-import') return undefined;
        clients.add(path);
        return {path, namespace: 'client'};
      });
      onLoad({filter: /./, namespace: 'client'}, ({path}) => ({
        contents: `module.exports = require('./${fileOf(path)}')['${path}']();`,
      }));
      onResolve({filter: CLIENTS_FILE}, ({path}) => ({path, external: true}));
    },
  };
}

/** Without half a megabyte of character sets, for bodies that the framework's own parsers never get. */
const fewEncodings: Plugin = {
  name: 'few-encodings',
  setup({onResolve}) {
    onResolve({filter: /^\.\.\/encodings$/}, ({resolveDir}) => ({
      path: join(resolveDir, '..', 'encodings', 'internal.js'),
    }));
  },
};

/** Of `zod` only what is called: the value `z` that it exports holds everything, error messages in fifty languages among it. */
const zodNamespace: Plugin = {
  name: 'zod-namespace',
  setup({onLoad}) {
    onLoad({filter: /\/(functions|shared)\/.*\.ts$/}, async ({path}) => {
      const source = await readFile(path, 'utf8');
      return {contents: source.replace("import {z} from 'zod'", "import * as z from 'zod'"), loader: 'ts'};
    });
  },
};
