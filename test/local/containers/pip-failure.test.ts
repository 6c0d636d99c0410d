import assert from 'node:assert/strict';
import {explainPipFailure} from '../../../local/containers/pip-failure.ts';

describe('explainPipFailure', () => {
  it('says that the first run needs an index when none answered', () => {
    const output = [
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)': /simple/numpy/",
      'ERROR: Could not find a version that satisfies the requirement numpy==2.0.2 (from versions: none)',
      'ERROR: No matching distribution found for numpy==2.0.2',
    ];

    assert.equal(
      explainPipFailure(output, '3.12.4'),
      'pip reached no package index (No matching distribution found for numpy==2.0.2): the first run needs one, PyPI or the one PIP_INDEX_URL names; later runs do not',
    );
  });

  it('says which Python versions fit when this one does not', () => {
    const output = [
      'ERROR: Ignored the following versions that require a different python version: 2.1.0 Requires-Python >=3.10',
      'ERROR: No matching distribution found for numpy==2.1.0',
    ];

    assert.match(
      explainPipFailure(output, '3.9.1'),
      /Python 3\.9\.1 does not fit .*2\.1\.0 Requires-Python >=3\.10/,
    );
  });

  it('names the package no index has', () => {
    const output = ['ERROR: No matching distribution found for nunpy==1', 'ERROR: something after it'];

    assert.equal(
      explainPipFailure(output, '3.12.4'),
      'pip failed with Python 3.12.4: No matching distribution found for nunpy==1',
    );
  });

  it('falls back on the last line', () => {
    assert.equal(explainPipFailure(['Killed'], '3.12.4'), 'pip failed with Python 3.12.4: Killed');
    assert.equal(explainPipFailure([], '3.12.4'), 'pip failed with Python 3.12.4: it printed nothing');
  });
});
