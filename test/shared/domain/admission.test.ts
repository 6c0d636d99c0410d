import assert from 'node:assert/strict';
import {admissionObjectOf, admissionOf} from '../../../shared/domain/admission.ts';

describe('an admission object', () => {
  it('is named by effect and attempt', () => {
    assert.equal(admissionObjectOf('r1-tune', 2), 'r1-tune/a2');
  });

  it('says who took the attempt, whatever follows the word', () => {
    assert.equal(admissionOf('entered'), 'entered');
    assert.equal(admissionOf('revoked'), 'revoked');
    assert.equal(admissionOf('revoked\n'), 'revoked');
  });

  it('written by anybody else says that somebody is at work', () => {
    for (const content of ['', 'yes', 'not revoked']) assert.equal(admissionOf(content), 'entered');
  });
});
