import assert from 'node:assert/strict';
import {assertNothingPaid, assertSays, nextDrop} from '../support/bad-input.ts';
import {dropped} from '../support/services.ts';
import {DATA_CSV, PIPELINE_YAML, push, pushedWorld} from '../support/story.ts';

const WHERE = /^gs:\/\/the-data\/flowers\/pipeline\.yaml$/;

/** Of the form only. */
const API_KEY = `AIza${'x'.repeat(35)}`;

function numbered(count: number, line: (index: number) => string): string[] {
  return Array.from({length: count}, (_, index) => line(index));
}

/** The good definition with one more key in `tune`. */
function withTune(more: string): string {
  return PIPELINE_YAML.replace('maxTrials', `${more}, maxTrials`);
}

function withSplit(split: string): string {
  return PIPELINE_YAML.replace('split: {}', `split: ${split}`);
}

/** A definition, the code and the sentence it is refused with. */
const REFUSED: Readonly<Record<string, readonly [string, string, RegExp]>> = {
  nothing: ['', 'CONFIG_SYNTAX', /it is empty$/],
  'more than is read': ['#'.repeat(65_537), 'CONFIG_TOO_LARGE', /has 65537 bytes, at most 65536/],
  'lists without end': ['['.repeat(60_000), 'CONFIG_SYNTAX', /it is nested too deep$/],
  'depth within one key': [
    withSplit(`{key: ${'['.repeat(300)}${']'.repeat(300)}}`),
    'CONFIG_INVALID',
    /^split\.key\.0 is nested deeper than 20 levels$/,
  ],
  'a list that holds itself': [
    withSplit('{key: &a [*a]}'),
    'CONFIG_INVALID',
    /^split\.key\.0 is nested deeper than 20 levels$/,
  ],
  'a key that changes every object': [
    withSplit('{__proto__: {buckets: 7}}'),
    'CONFIG_INVALID',
    /^split\.__proto__ is a name that every object has$/,
  ],
  'a parameter with the name of a method': [
    PIPELINE_YAML.replace('alpha', 'constructor'),
    'CONFIG_INVALID',
    /^tune\.parameters\.constructor is a name that every object has$/,
  ],
  'a line break in an argument': [
    PIPELINE_YAML.replace('species', String.raw`"spe\ncies"`),
    'CONFIG_INVALID',
    /^data\.label holds a control character$/,
  ],
  'a zero byte in a word': [
    PIPELINE_YAML.replace('double: [0.001, 0.1], scale: log', String.raw`categorical: ["a\0"]`),
    'CONFIG_INVALID',
    /^tune\.parameters\.alpha\.categorical\.0 holds a control character$/,
  ],
  'a key that moves the cursor': [
    `${PIPELINE_YAML}"a\\u001b[2J": 1\n`,
    'CONFIG_INVALID',
    /^a\\u\{1b\}\[2J holds a control character$/,
  ],
  'a key of ten thousand letters': [
    `${PIPELINE_YAML}? ${'k'.repeat(10_000)}\n: 1\n`,
    'CONFIG_INVALID',
    /^k{60}… is not a known key; known keys are/,
  ],
  'a key of an API in a value': [
    withSplit(`{salt: ${API_KEY}}`),
    'SECRET_IN_CONFIG',
    /^split\.salt holds what looks like an API key of Google \(39 characters\)$/,
  ],
  'a key of an API as a name': [
    withSplit(`{${API_KEY}: 1}`),
    'SECRET_IN_CONFIG',
    /^split holds what looks like an API key of Google \(39 characters\)$/,
  ],
  'a key of an API in a line that is no YAML': [
    `${PIPELINE_YAML}x: *${API_KEY}\n`,
    'CONFIG_SYNTAX',
    /Unresolved alias.*\[secret\]/,
  ],
  'an identity for the jobs': [
    withTune('serviceAccount: root@the-project.example'),
    'CONFIG_INVALID',
    /^tune\.serviceAccount is not a known key/,
  ],
  'a network for the jobs': [
    withTune('network: projects/other/global/networks/n'),
    'CONFIG_INVALID',
    /^tune\.network is not a known key/,
  ],
  'variables for the container': [
    withTune('env: {LD_PRELOAD: /tmp/x.so}'),
    'CONFIG_INVALID',
    /^tune\.env is not a known key/,
  ],
  'an image that is not built here': [
    PIPELINE_YAML.replace('framework:', 'imageUri: docker.io/evil/x:latest, framework:'),
    'CONFIG_INVALID',
    /^trainer\.imageUri is not a known key/,
  ],
  'data at an address of its own': [
    PIPELINE_YAML.replace('label:', 'uri: "http://metadata.google.internal/", label:'),
    'CONFIG_INVALID',
    /^data\.uri is not a known key/,
  ],
  'an address to call': [
    `${PIPELINE_YAML}webhook: "http://169.254.169.254/"\n`,
    'CONFIG_INVALID',
    /^webhook is not a known key/,
  ],
  'an expression to run on names': [
    PIPELINE_YAML.replace('label:', 'pattern: (a+)+$, label:'),
    'CONFIG_INVALID',
    /^data\.pattern is not a known key/,
  ],
  'a machine for tuning that nobody has allowed': [
    withTune('machineType: a3-megagpu-8g'),
    'MACHINE_NOT_ALLOWED',
    /^tune\.machineType a3-megagpu-8g is not allowed in this deployment$/,
  ],
  'a machine for training that nobody has allowed': [
    `${PIPELINE_YAML}train: {machineType: n1-standard-96}\n`,
    'MACHINE_NOT_ALLOWED',
    /^train\.machineType n1-standard-96 is not allowed/,
  ],
  'a machine for serving that nobody has allowed': [
    PIPELINE_YAML.replace('endpoint:', 'machineType: g2-standard-96, endpoint:'),
    'MACHINE_NOT_ALLOWED',
    /^serve\.machineType g2-standard-96 is not allowed/,
  ],
  'accelerators and a disk': [
    withTune('acceleratorCount: 16, diskGb: 65536'),
    'CONFIG_INVALID',
    /^tune\.acceleratorCount is not a known key.*tune\.diskGb is not a known key/,
  ],
  'eight thousand unknown keys': [
    PIPELINE_YAML + numbered(8_000, (key) => `k${key}:\n`).join(''),
    'CONFIG_INVALID',
    /^(?:k\d is not a known key; known keys are [^;]+; ){8}and more$/,
  ],
  'a list that claims every bucket eight thousand times': [
    withSplit(`{buckets: 1000, training: [${numbered(8_000, () => '0-999').join()}]}`),
    'CONFIG_INVALID',
    /^split: bucket 0 is in training twice$/,
  ],
};

describe('a definition that cannot be used', () => {
  for (const [title, [definition, code, message]] of Object.entries(REFUSED)) {
    it(`fails its run, says why in a short sentence, and harms no other: ${title}`, async () => {
      const world = await pushedWorld();
      await push(world, definition);

      const run = await dropped(world, 'flowers/data/flowers.csv', DATA_CSV);

      assert.equal(run.state, 'failed');
      assertSays(run.failure, {code, message, where: WHERE});
      assert.ok(JSON.stringify(run.failure).length < 2_000);
      assert.ok(!JSON.stringify(run).includes(API_KEY));
      assertNothingPaid(world);
      assert.deepEqual(Object.keys(Object.prototype), []);
      assert.equal((await nextDrop(world)).state, 'released');
    });
  }

  it('is refused before it is loaded when it is too large', async () => {
    const world = await pushedWorld();
    await push(world, '');
    const name = 'the-data/flowers/pipeline.yaml';
    const object = world.objects.get(name);
    assert.ok(object);
    world.objects.set(name, {info: {...object.info, sizeBytes: 10_000_000_000}, bytes: Buffer.alloc(0)});

    const run = await dropped(world, 'flowers/data/flowers.csv', DATA_CSV);

    assert.equal(run.failure?.code, 'CONFIG_TOO_LARGE');
  });

  it('is refused when there is none', async () => {
    const world = await pushedWorld();
    world.objects.delete('the-data/flowers/pipeline.yaml');

    const run = await dropped(world, 'flowers/data/flowers.csv', DATA_CSV);

    assertSays(run.failure, {
      code: 'CONFIG_MISSING',
      message: /pipeline "flowers" has no pipeline\.yaml/,
      where: WHERE,
    });
    assertNothingPaid(world);
  });
});
