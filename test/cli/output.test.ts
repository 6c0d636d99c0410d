import assert from 'node:assert/strict';
import {type SinonStub, stub} from 'sinon';
import {columns, EXIT, tell, tellFailure} from '../../cli/output.ts';
import {PermanentError, RefusedError, RetryableError} from '../../shared/errors.ts';

/** What went to one of the console's methods, line by line. */
function written(method: SinonStub): string {
  return method.args.map(([text]) => text).join('\n');
}

describe('columns', () => {
  it('makes each as wide as its widest cell and leaves no blanks at the end', () => {
    const rows = [
      ['run', 'state', ''],
      ['r1', 'released', 'first version'],
      ['r22', '', ''],
    ];

    assert.equal(columns(rows), ['run  state', 'r1   released  first version', 'r22'].join('\n'));
  });

  it('keeps a column wide that a later row does not have', () => {
    assert.equal(columns([['a', 'long', 'b'], ['c', 'd', 'e'], ['f']]), 'a  long  b\nc  d     e\nf');
  });

  it('is empty without rows', () => {
    assert.equal(columns([]), '');
  });
});

describe('tell', () => {
  it('writes for people what the description makes of a result', () => {
    const log = stub(console, 'log');

    tell({runs: 2}, undefined, ({runs}) => `${runs} runs`);

    assert.equal(written(log), '2 runs');
  });

  it('writes for programs one JSON document', () => {
    const log = stub(console, 'log');

    tell({runs: 2}, true, () => 'not this');

    assert.deepEqual(JSON.parse(written(log)), {runs: 2});
  });
});

describe('tellFailure', () => {
  const failure = new PermanentError('FILE_MISSING', 'there is no such file', {
    where: 'x.csv',
    hint: 'Look again.',
  });

  it('tells what, where and what to do', () => {
    const error = stub(console, 'error');

    assert.equal(tellFailure(failure, false), EXIT.failed);
    assert.equal(written(error), 'FILE_MISSING: there is no such file\n  at x.csv\n  Look again.');
  });

  it('tells only what is known', () => {
    const error = stub(console, 'error');

    tellFailure(new PermanentError('CODE', 'a sentence'), false);

    assert.equal(written(error), 'CODE: a sentence');
  });

  it('tells programs in JSON', () => {
    const error = stub(console, 'error');

    assert.equal(tellFailure(failure, true), EXIT.failed);
    assert.deepEqual(JSON.parse(written(error)), {
      error: {code: 'FILE_MISSING', message: 'there is no such file', where: 'x.csv', hint: 'Look again.'},
    });
  });

  it('has an exit code of its own for a cloud that cannot be reached', () => {
    const error = stub(console, 'error');

    for (const away of [new RetryableError('503'), new RefusedError('connection refused')]) {
      assert.equal(tellFailure(away, false), EXIT.unavailable);
    }
    assert.match(written(error), /^UNAVAILABLE: 503\n {2}Is the cloud up/);
  });

  for (const strange of [new TypeError('a mistake'), 'a mistake']) {
    it(`fails with ${String(strange)}, which nobody foresaw`, () => {
      const error = stub(console, 'error');

      assert.equal(tellFailure(strange, false), EXIT.failed);
      assert.match(written(error), /^FAILED: a mistake\n/);
    });
  }
});
