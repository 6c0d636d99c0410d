import assert from 'node:assert/strict';
import {parseFieldTransform} from '../../../local/firestore/field-transform.ts';

const SECOND_MICROS = 1_000_000;

describe('a field transform', () => {
  it('gives the commit time in whole milliseconds', () => {
    const transform = parseFieldTransform({fieldPath: 'at', setToServerValue: 'REQUEST_TIME'});

    const {value, result} = transform.apply(undefined, 7 * SECOND_MICROS + 123_456);

    assert.deepEqual(value, {timestampValue: {seconds: '7', nanos: 123_000_000}});
    assert.equal(result, value);
  });

  it('keeps a number that equals the operand in its own type', () => {
    const transform = parseFieldTransform({fieldPath: 'n', maximum: {doubleValue: 3}});

    assert.deepEqual(transform.apply({integerValue: '3'}, 0).value, {integerValue: '3'});
  });

  it('lets NaN win over every number', () => {
    const transform = parseFieldTransform({fieldPath: 'n', minimum: {integerValue: 1}});

    assert.deepEqual(transform.apply({doubleValue: 'NaN'}, 0).value, {doubleValue: 'NaN'});
  });

  it('stops at the least 64-bit integer', () => {
    const transform = parseFieldTransform({fieldPath: 'n', increment: {integerValue: -2}});

    const {value} = transform.apply({integerValue: '-9223372036854775807'}, 0);

    assert.deepEqual(value, {integerValue: '-9223372036854775808'});
  });

  it('refuses to be nothing', () => {
    assert.throws(() => parseFieldTransform({fieldPath: 'n'}), {status: 'INVALID_ARGUMENT'});
  });

  it('refuses a server value it does not know', () => {
    const wire = {fieldPath: 'n', setToServerValue: 'SERVER_VALUE_UNSPECIFIED'} as const;

    assert.throws(() => parseFieldTransform(wire), {status: 'INVALID_ARGUMENT'});
  });
});
