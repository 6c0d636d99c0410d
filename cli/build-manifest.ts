import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {projectFolder} from './project-folder.ts';

/** Native code, installed beside the bundle instead of being inside it. */
const NATIVE = '@node-rs/crc32';
/** In the bundle. Google's buildpack would install another one, of any version, if the package did not depend on it. */
const FRAMEWORK = '@google-cloud/functions-framework';

const names = z.record(z.string(), z.string()).default({});
const lockSchema = z.object({
  version: z.string(),
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      dependencies: names,
      optionalDependencies: names,
    }),
  ),
});
type Packages = z.output<typeof lockSchema>['packages'];

/** Writes the package.json and the package-lock.json that Cloud Functions installs from: the versions that are tested, by their digests. */
export async function writeManifest(name: string, folder: string): Promise<void> {
  const {version, packages} = lockSchema.parse(
    JSON.parse(await readFile(join(projectFolder, 'package-lock.json'), 'utf8')),
  );
  const installed = [FRAMEWORK, NATIVE];
  const root = {
    name: `millrace-${name}`,
    version,
    dependencies: Object.fromEntries(
      installed.map((dependency) => [dependency, packages[`node_modules/${dependency}`]?.version]),
    ),
    engines: {node: '24'},
  };
  await writeJson(join(folder, 'package.json'), {
    ...root,
    private: true,
    main: 'index.cjs',
    scripts: {'gcp-build': 'node warm.cjs'},
  });
  await writeJson(join(folder, 'package-lock.json'), {
    name: root.name,
    version: root.version,
    lockfileVersion: 3,
    requires: true,
    packages: {'': root, ...closureOf(installed, packages)},
  });
}

/** The packages with all that they depend on, each from the folder where Node finds it. */
function closureOf(dependencies: readonly string[], packages: Packages): Packages {
  const closure: Packages = {};
  const open = dependencies.map((name) => folderOf(name, '', packages));
  for (const folder of open) {
    const entry = packages[folder];
    if (entry === undefined || folder in closure) continue;
    closure[folder] = entry;
    const needed = Object.keys({...entry.dependencies, ...entry.optionalDependencies});
    open.push(...needed.map((name) => folderOf(name, folder, packages)));
  }
  return closure;
}

/** Where Node finds a package: in the importing one's own folder, or in the nearest around it. */
function folderOf(name: string, importer: string, packages: Packages): string {
  const own = `${importer === '' ? '' : `${importer}/`}node_modules/${name}`;
  if (own in packages || importer === '') return own;
  return folderOf(name, importer.slice(0, Math.max(0, importer.lastIndexOf('/node_modules/'))), packages);
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
