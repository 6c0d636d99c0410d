import assert from 'node:assert/strict';
import {classifyObject, type DataObject, isPipelineName} from '../../../shared/domain/object-name.ts';

const RECOGNISED: readonly (readonly [string, DataObject])[] = [
  ['flowers/pipeline.yaml', {kind: 'definition', pipeline: 'flowers'}],
  ['flowers/trainer/abc.tar.gz', {kind: 'trainer', pipeline: 'flowers'}],
  ['flowers/data/flowers.csv', {kind: 'data', pipeline: 'flowers'}],
  ['flowers/data/2026/01/flowers with ümlauts.csv', {kind: 'data', pipeline: 'flowers'}],
  ['flowers/data/pipeline.yaml', {kind: 'data', pipeline: 'flowers'}],
  ['flowers/batch/rows.csv', {kind: 'batch', pipeline: 'flowers'}],
  ['f/data/x', {kind: 'data', pipeline: 'f'}],
  ['flowers/data/', {kind: 'ignored', why: 'a folder marker'}],
  ['flowers/', {kind: 'ignored', why: 'a folder marker'}],
];

const TEMPORARY = [
  'flowers/data/flowers.csv.part',
  '_tmp/parallel/flowers.csv',
  'flowers/data/_tmp/x.csv',
  'gcloud/tmp/parallel_composite_uploads/x',
  'flowers/data/folder_$$$.txt',
];

const UNKNOWN: readonly (readonly [string, RegExp])[] = [
  ['flowers.csv', /"flowers\.csv" is no pipeline name/],
  ['', /"" is no pipeline name/],
  ['/data/flowers.csv', /"" is no pipeline name/],
  ['Flowers/data/flowers.csv', /"Flowers" is no pipeline name/],
  ['flowers', /neither <pipeline>\/pipeline\.yaml nor under/],
  ['flowers/pipeline.yaml/old', /neither/],
  ['flowers/pipeline.yml', /neither/],
  ['flowers/data', /neither/],
  ['flowers/trainer', /neither/],
  ['flowers/Data/flowers.csv', /neither/],
  ['flowers/data/a\u0000b.csv', /control characters/],
  ['flowers/data/a\nb.csv', /control characters/],
  ['flowers/data/evil\u202etxt.csv', /control characters/],
  ['flowers/data/\ud800.csv', /control characters/],
  ['\u001b[31m/', /control characters/],
];

describe('classifyObject', () => {
  for (const [name, object] of RECOGNISED) {
    it(`takes ${JSON.stringify(name)} for ${object.kind}`, () => {
      assert.deepEqual(classifyObject(name), object);
    });
  }

  for (const name of TEMPORARY) {
    it(`ignores ${name}, which an upload tool leaves behind`, () => {
      assert.deepEqual(classifyObject(name), {kind: 'ignored', why: 'a temporary object of an upload tool'});
    });
  }

  for (const [name, why] of UNKNOWN) {
    it(`does not know ${JSON.stringify(name)} and says why`, () => {
      const object = classifyObject(name);

      assert.ok(object.kind === 'unknown');
      assert.match(object.why, why);
    });
  }
});

describe('isPipelineName', () => {
  it('accepts what every Google resource name accepts', () => {
    for (const name of ['a', 'a1', 'breast-cancer', 'a'.repeat(40)]) assert.ok(isPipelineName(name), name);
  });

  it('refuses anything else', () => {
    const bad = ['', '1a', '-a', 'a-', 'A', 'a_b', 'a.b', 'a b', 'ä', 'a\n', 'a'.repeat(41)];
    for (const name of bad) assert.ok(!isPipelineName(name), JSON.stringify(name));
  });
});
