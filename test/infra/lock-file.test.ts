import assert from 'node:assert/strict';
import {z} from 'zod';
import {source} from '../docs/pages.ts';

const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().default(false),
      inBundle: z.boolean().default(false),
      link: z.boolean().default(false),
    }),
  ),
});

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});

async function installed() {
  const {packages} = lockSchema.parse(JSON.parse(await source('package-lock.json')));
  return Object.entries(packages).filter(([path, {link, inBundle}]) => path !== '' && !link && !inBundle);
}

describe('package-lock.json', () => {
  it('pins every package of the registry by its digest, and has none from elsewhere', async () => {
    const loose = (await installed()).filter(
      ([, {resolved, integrity}]) => resolved !== undefined || !integrity?.startsWith('sha512-'),
    );

    assert.deepEqual(
      loose.map(([path]) => path),
      [],
    );
  });

  it('has no package with an install script that nobody has decided on', async () => {
    const {allowScripts} = manifestSchema.parse(JSON.parse(await source('package.json')));
    const scripted = (await installed()).filter(([, {hasInstallScript}]) => hasInstallScript);

    assert.deepEqual(
      scripted.map(([path]) => path.replace(/^.*node_modules\//, '')).toSorted(),
      Object.keys(allowScripts).toSorted(),
    );
    assert.deepEqual(
      Object.keys(allowScripts).filter((name) => allowScripts[name]),
      ['node'],
    );
  });

  it('has no more to go by than versions: package.json names no address', async () => {
    const {dependencies, devDependencies} = manifestSchema.parse(JSON.parse(await source('package.json')));
    const odd = Object.entries({...dependencies, ...devDependencies}).filter(
      ([, version]) => !/^[~^]?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );

    assert.deepEqual(odd, []);
  });
});
