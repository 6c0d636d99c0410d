import assert from 'node:assert/strict';
import fc from 'fast-check';
import {doubleValue, type Fields, type Value} from '../../../local/firestore/value.ts';
import {compareValues} from '../../../local/firestore/value-order.ts';

/** Numbers that are equal, close or far as integers and as doubles. */
const integer = fc
  .oneof(fc.constantFrom(0n, 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n)), fc.bigInt({min: -5n, max: 5n}))
  .map((value): Value => ({integerValue: String(value)}));
const double = fc
  .oneof(
    fc.constantFrom(0, -0, 1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.double(),
  )
  .map(doubleValue);
const text = fc.constantFrom('', 'a', 'b', 'aa', '\uff5e', '😀');
const leaf: fc.Arbitrary<Value> = fc.oneof(
  integer,
  double,
  fc.constant<Value>({nullValue: 'NULL_VALUE'}),
  fc.boolean().map((booleanValue): Value => ({booleanValue})),
  text.map((stringValue): Value => ({stringValue})),
  text.map((bytes): Value => ({bytesValue: Buffer.from(bytes).toString('base64')})),
  text.map((id): Value => ({referenceValue: `projects/p/databases/d/documents/c/${id || '__id7__'}`})),
  fc.nat(2).map((nanos): Value => ({timestampValue: {seconds: '-1', nanos}})),
  fc.record({latitude: fc.nat(2), longitude: fc.nat(2)}).map((geoPointValue): Value => ({geoPointValue})),
);
const {value} = fc.letrec<{value: Value}>((tie) => ({
  value: fc.oneof(
    {maxDepth: 2, withCrossShrink: true},
    leaf,
    fc.array(tie('value'), {maxLength: 2}).map((values): Value => ({arrayValue: {values}})),
    fc.dictionary(text, tie('value'), {maxKeys: 2}).map((fields: Fields): Value => ({mapValue: {fields}})),
  ),
}));

describe('compareValues', () => {
  it('gives each value the place of itself', () => {
    fc.assert(fc.property(value, (a) => compareValues(a, a) === 0));
  });

  it('gives the opposite when asked the other way round', () => {
    fc.assert(
      fc.property(
        value,
        value,
        (a, b) => Math.sign(compareValues(a, b)) === 0 - Math.sign(compareValues(b, a)),
      ),
      {numRuns: 500},
    );
  });

  it('keeps three values in one order', () => {
    const property = fc.property(fc.tuple(leaf, leaf, value), (values) => {
      const [a, b, c] = values.toSorted(compareValues);
      assert.ok(a && b && c);
      assert.ok(compareValues(a, b) <= 0 && compareValues(b, c) <= 0 && compareValues(a, c) <= 0);
    });

    fc.assert(property, {numRuns: 1000});
  });

  it('compares integers with doubles exactly', () => {
    const big = {integerValue: '9007199254740993'};

    assert.ok(compareValues(big, doubleValue(2 ** 53)) > 0);
    assert.equal(compareValues({integerValue: '1'}, doubleValue(1)), 0);
    assert.equal(compareValues(doubleValue(-0), doubleValue(0)), 0);
  });

  it('puts numeric ids first, by their number', () => {
    const ids = ['__id-3__', '__id9__', '__id10__', '!', '__id', 'a'];
    const references = ids.map((id): Value => ({referenceValue: `projects/p/databases/d/documents/c/${id}`}));

    assert.deepEqual(references.toReversed().sort(compareValues), references);
  });
});
