import assert from 'node:assert/strict';
import {parse} from 'yaml';
import {z} from 'zod';
import {matches, section, source} from '../docs/pages.ts';

/** As far as it is used: https://cloud.google.com/build/docs/build-config-file-schema */
const schema = z.strictObject({
  substitutions: z.record(z.string().regex(/^_[A-Z0-9_]+$/), z.string()),
  serviceAccount: z.string(),
  timeout: z.string().regex(/^\d+s$/),
  options: z.strictObject({
    logging: z.literal('CLOUD_LOGGING_ONLY'),
    machineType: z.string(),
    requestedVerifyOption: z.literal('VERIFIED'),
  }),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      name: z
        .string()
        .regex(/^[a-z0-9./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/, 'an image with its tag and its digest'),
      entrypoint: z.string(),
      args: z.array(z.string()).min(1),
    }),
  ),
});

/** https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values */
const BUILT_IN = ['PROJECT_ID', 'BUILD_ID'];

async function read() {
  return schema.parse(parse(await source('cloudbuild.yaml')));
}

function textOf(step: {readonly args: readonly string[]}): string {
  return step.args.join(' ');
}

describe('cloudbuild.yaml', () => {
  it('checks, tests, builds and lists what is inside before it plans, and plans before it deploys', async () => {
    const {steps} = await read();

    assert.deepEqual(
      steps.map(({id}) => id),
      ['install', 'audit', 'check', 'test', 'build', 'sbom', 'stage', 'plan', 'apply', 'smoke-test'],
    );
  });

  it('runs scripts of npm that there are', async () => {
    const {steps} = await read();
    const {scripts} = JSON.parse(await source('package.json')) as {scripts: Record<string, string>};
    const commands = steps.map((step) => `${step.entrypoint} ${textOf(step)}`).join('\n');
    const run = [...matches(commands, /npm run ([\w:-]+)/g), ...matches(commands, /npm (test)\b/g)];

    assert.deepEqual(run.toSorted(), ['build', 'check', 'test']);
    assert.deepEqual(
      run.filter((script) => scripts[script] === undefined),
      [],
    );
  });

  it('uses the version of Node.js that the project is developed with', async () => {
    const {steps} = await read();
    const versions = new Set(steps.flatMap(({name}) => matches(name, /^node:([\d.]+)-/g)));
    const lock = JSON.parse(await source('package-lock.json')) as {
      packages: Record<string, {version: string}>;
    };

    assert.deepEqual([...versions], [lock.packages['node_modules/node']?.version]);
  });

  it('uses substitutions that are declared, and declares none that is not used', async () => {
    const {steps, substitutions, serviceAccount} = await read();
    const text = [serviceAccount, ...steps.map(textOf)].join('\n').replaceAll('$$', '');
    const used = new Set(matches(text, /\$\{?([A-Z_][A-Z0-9_]*)/g));

    assert.deepEqual(
      [...used].filter((name) => !BUILT_IN.includes(name)).toSorted(),
      Object.keys(substitutions).toSorted(),
    );
    assert(!/\$[a-z({]/.test(text), 'a dollar of the shell is written twice');
  });

  it('explains its substitutions where deployment is explained', async () => {
    const {substitutions} = await read();
    const told = section(await source('docs/how-to/deploy.md'), 'By a push to a branch');

    assert.deepEqual(matches(told, /^\| `(_[A-Z_]+)` \|/gm), Object.keys(substitutions));
  });

  it('changes nothing unless it is told to', async () => {
    const {steps, substitutions} = await read();

    assert.equal(substitutions._APPLY, 'false');
    for (const step of steps.filter((each) => /deployments apply|scheduler jobs run/.test(textOf(each))))
      assert.match(textOf(step), /^-ec if \[ "\$_APPLY" != true \]; then/, step.id);
  });

  it('deploys the folder that deploy.md makes', async () => {
    const {steps} = await read();
    const told = matches(await source('docs/how-to/deploy.md'), /^(mkdir -p dist\/deploy.+)$/gm);

    assert.deepEqual(told, [steps.find(({id}) => id === 'stage')?.args.at(-1)]);
  });

  it('would be refused with an image that has no digest', async () => {
    const build = await read();
    const [first] = build.steps;

    assert.throws(() => schema.parse({...build, steps: [{...first, name: 'node:24'}]}), /digest/);
  });
});
