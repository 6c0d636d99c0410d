import assert from 'node:assert/strict';
import {driftFrom} from '../../../../shared/domain/profile/drift.ts';
import {Profiler} from '../../../../shared/domain/profile/profiler.ts';
import {type Manifest, manifestOf, manifestSchema} from '../../../../shared/domain/split/manifest.ts';
import {definitionOf, splitText} from './split-text.ts';

const INPUT = {
  bucket: 'data',
  object: 'covertype/data/a.csv',
  generation: '1700000000000001',
  size: 4096,
  crc32c: '4waSgw==',
};

describe('manifestOf', () => {
  it('tells where everything came from and went', () => {
    const manifest = exampleManifest();

    assert.equal(manifest.schemaVersion, 1);
    assert.deepEqual(manifest.input, INPUT);
    assert.deepEqual(manifest.definition, definitionOf({}, {key: ['id'], salt: 's'}));
    assert.deepEqual(manifest.columns, ['id', 'label']);
    assert.equal(manifest.parts.test.object, 'covertype/r1/test.csv');
    assert.equal(manifest.rejects.object, 'covertype/r1/rejects.csv');
  });

  it('counts every row once', () => {
    const {parts, bucketCounts} = exampleManifest();

    assert.equal(parts.training.rows + parts.validation.rows + parts.test.rows, 600);
    assert.equal(
      bucketCounts.reduce((total, rows) => total + rows, 0),
      600,
    );
  });

  it('says in a sentence how the labels are spread', () => {
    assert.match(
      exampleManifest().labelTest.sentence,
      /^Label shares are alike in all parts: chi-square \d+\.\d on 2 degrees of freedom, p = 0\.\d+\.$/,
    );
  });

  it('survives being written and read', () => {
    const manifest = exampleManifest();

    assert.deepEqual(manifestSchema.parse(JSON.parse(JSON.stringify(manifest))), manifest);
  });
});

describe('manifestSchema', () => {
  const wrong: readonly (readonly [string, (manifest: Manifest) => unknown])[] = [
    ['a later version', (manifest) => ({...manifest, schemaVersion: 2})],
    ['an unknown key', (manifest) => ({...manifest, extra: 1})],
    ['a missing part', ({parts: {test: _test, ...parts}, ...manifest}) => ({...manifest, parts})],
    [
      'a generation that became a number',
      (manifest) => ({...manifest, input: {...manifest.input, generation: 1.7e15}}),
    ],
    ['a digest that is none', (manifest) => ({...manifest, rejects: {...manifest.rejects, sha256: 'abc'}})],
    [
      'a checksum in hexadecimal',
      (manifest) => ({...manifest, input: {...manifest.input, crc32c: 'e3069283'}}),
    ],
    ['a negative count', (manifest) => ({...manifest, bucketCounts: [-1]})],
  ];
  for (const [name, change] of wrong) {
    it(`refuses ${name}`, () => {
      assert.equal(manifestSchema.safeParse(change(exampleManifest())).success, false);
    });
  }
});

function exampleManifest(): Manifest {
  const definition = definitionOf({}, {key: ['id'], salt: 's'});
  const rows = Array.from({length: 600}, (_, row) => `${row},${row % 2}\n`);
  const text = `id,label\n${rows.join('')}`;
  const stored = (name: string) => ({
    object: `covertype/r1/${name}.csv`,
    crc32c: 'AAAAAA==',
    sha256: '0'.repeat(64),
  });
  const {statistics, sample: records} = splitText(text, definition);
  const profiler = new Profiler(definition.data, undefined);
  profiler.push(Buffer.from(text));
  const sample = profiler.finish();
  return manifestOf({
    input: INPUT,
    staged: undefined,
    definitionDigest: 'd1',
    definition,
    stored: {
      training: stored('training'),
      validation: stored('validation'),
      test: stored('test'),
      rejects: stored('rejects'),
    },
    statistics,
    records,
    sample,
    drift: driftFrom(undefined, sample.profile, 0.25),
  });
}
