import assert from 'node:assert/strict';
import {complaintOf, PermanentError, RefusedError, RetryableError} from '../../shared/errors.ts';

describe('complaintOf', () => {
  it('keeps of an error what a person needs', () => {
    const cause = new Error('deep');
    const error = new PermanentError('CODE', 'a sentence', {where: 'line 7', hint: 'Mend it.', cause});

    assert.deepEqual(complaintOf(error), {
      code: 'CODE',
      message: 'a sentence',
      where: 'line 7',
      hint: 'Mend it.',
    });
    assert.equal(error.cause, cause);
  });

  it('has no undefined properties, which Firestore refuses', () => {
    assert.deepEqual(Object.keys(complaintOf(new PermanentError('CODE', 'a sentence'))), ['code', 'message']);
    assert.deepEqual(Object.keys(complaintOf({code: 'C', message: 'm', where: undefined, hint: 'h'})), [
      'code',
      'message',
      'hint',
    ]);
  });
});

describe('a refused request', () => {
  it('is one to try again', () => {
    const error = new RefusedError('429', new Error('quota'));

    assert.ok(error instanceof RetryableError);
    assert.equal(error.name, 'RefusedError');
    assert.match(String(error.cause), /quota/);
  });
});
