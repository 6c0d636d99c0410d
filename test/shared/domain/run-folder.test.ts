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

  for (const name of ['../other/x', 'a/./b', 'a%2e%2e%2fb', 'x?generation=1', 'x#1', '//x']) {
    it(`takes the name letter by letter: ${name}`, () => {
      assert.deepEqual(parseGcsUri(`gs://the-runs/${name}`), {bucket: 'the-runs', name});
    });
  }

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
    'GS://the-runs/name',
    'gs:the-runs/name',
    'gs://jo:pw@the-runs/name',
    'gs://the-runs:80/name',
    'gs://the-runs@evil.example/name',
    'https://storage.googleapis.com@evil.example/name',
    'http://169.254.169.254/computeMetadata/v1/',
    'file:///etc/passwd',
  ];
  for (const uri of strange) {
    it(`knows no object behind ${JSON.stringify(uri)}`, () => {
      assert.equal(parseGcsUri(uri), undefined);
    });
  }
});
