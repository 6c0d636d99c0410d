import assert from 'node:assert/strict';
import fc from 'fast-check';
import {parseRange} from '../../../local/storage/ranges.ts';

describe('parseRange', () => {
  const RANGES: [string | undefined, ReturnType<typeof parseRange>][] = [
    ['bytes=0-3', {first: 0, last: 3}],
    ['bytes=4-', {first: 4, last: 9}],
    ['bytes=-3', {first: 7, last: 9}],
    ['bytes=-30', {first: 0, last: 9}],
    ['bytes=9-100', {first: 9, last: 9}],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=10-20', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', 'all'],
    ['bytes=-', 'all'],
    ['bytes=0-1,4-5', 'all'],
    ['lines=0-1', 'all'],
    [undefined, 'all'],
  ];
  for (const [header, expected] of RANGES) {
    it(`reads ${header} of ten bytes`, () => assert.deepEqual(parseRange(header, 10), expected));
  }

  it('satisfies nothing of an empty body', () => {
    assert.equal(parseRange('bytes=0-', 0), 'unsatisfiable');
    assert.equal(parseRange('bytes=-5', 0), 'unsatisfiable');
  });

  it('picks what Array.slice picks', () => {
    const small = fc.nat(12);
    fc.assert(
      fc.property(small, small, small, (first, length, sizeBytes) => {
        const body = Array.from({length: sizeBytes}, (_, i) => i);
        const range = parseRange(`bytes=${first}-${first + length}`, sizeBytes);

        const picked = typeof range === 'object' ? body.slice(range.first, range.last + 1) : [];
        assert.deepEqual(picked, body.slice(first, first + length + 1));
      }),
    );
  });
});
