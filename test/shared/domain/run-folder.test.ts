import assert from 'node:assert/strict';
import {parseGcsUri, runFolder} from '../../../shared/domain/run-folder.ts';

describe('runFolder', () => {
  it('is the pipeline and the run', () => {
    assert.equal(runFolder({pipeline: 'flowers', id: 'r1'}), 'flowers/r1');
  });
});

describe('parseGcsUri', () => {
  it('splits bucket and name at the first slash', () => {
    assert.deepEqual(parseGcsUri('gs://the-runs/flowers/r1/test.csv'), {
      bucket: 'the-runs',
      name: 'flowers/r1/test.csv',
    });
    assert.deepEqual(parseGcsUri('gs://a.b_c/ two\nlines '), {bucket: 'a.b_c', name: ' two\nlines '});
  });

  const strange = [
    '',
    'gs://the-runs',
    'gs://the-runs/',
    'gs:///name',
    'gs://ab/name',
    'gs://The-Runs/name',
    's3://the-runs/name',
    ' gs://the-runs/name',
    '/the-runs/name',
  ];
  for (const uri of strange) {
    it(`knows no object behind ${JSON.stringify(uri)}`, () => {
      assert.equal(parseGcsUri(uri), undefined);
    });
  }
});
