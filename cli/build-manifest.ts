import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {projectFolder} from './project-folder.ts';

/** Installed beside the bundle instead of being inside it. */
const NATIVE = '@node-rs/crc32';
/**
 * Google's buildpack starts a function by the command `functions-framework` of the package of this name, and would install its own if
 * there were none: https://github.com/GoogleCloudPlatform/buildpacks/tree/main/cmd/nodejs/functions_framework
 */
const FRAMEWORK = '@google-cloud/functions-framework';

const lockSchema = z.object({
  version: z.string(),
  packages: z.record(z.string(), z.looseObject({version: z.string().optional()})),
});

/** Writes the package.json and the package-lock.json that Cloud Functions installs from: the versions that are tested, by their digests. */
export async function writeManifest(name: string, folder: string): Promise<void> {
  const lock = lockSchema.parse(JSON.parse(await readFile(join(projectFolder, 'package-lock.json'), 'utf8')));
  const native = Object.entries(lock.packages).filter(([path]) => path.startsWith(`node_modules/${NATIVE}`));
  const root = {
    name: `millrace-${name}`,
    version: lock.version,
    dependencies: {
      [FRAMEWORK]: 'file:framework',
      [NATIVE]: lock.packages[`node_modules/${NATIVE}`]?.version,
    },
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
    packages: {
      '': root,
      framework: {name: 'millrace-framework', version: '1.0.0', bin: {'functions-framework': 'start.cjs'}},
      [`node_modules/${FRAMEWORK}`]: {resolved: 'framework', link: true},
      ...Object.fromEntries(native),
    },
  });
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
