import assert from 'node:assert/strict';
import farmhash from 'farmhash';
import fc from 'fast-check';
import {fingerprint64} from '../../../local/bigquery/fingerprint64.ts';

const PUBLISHED = [
  ['1footrue', -1541654101129638711n],
  ['2applefalse', 2794438866806483259n],
  ['alphabet', -2427165924636348523n],
  ['', -7286425919675154353n],
  ['été', -4914190453329631082n],
] as const;

describe('fingerprint64', () => {
  for (const [text, expected] of PUBLISHED) {
    it(`is ${expected} of ${JSON.stringify(text)}, as published`, () => {
      assert.equal(BigInt.asIntN(64, fingerprint64(Buffer.from(text))), expected);
    });
  }

  it("is that of Google's own library for every length", () => {
    for (let length = 0; length <= 700; length++) {
      const bytes = Buffer.from(Array.from({length}, (_, index) => (index * 131 + length) & 255));
      assert.equal(fingerprint64(bytes), farmhash.fingerprint64(bytes), `${length} bytes`);
    }
  });

  it("is that of Google's own library for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 300}), (bytes) => {
        assert.equal(fingerprint64(bytes), farmhash.fingerprint64(Buffer.from(bytes)));
      }),
    );
  });
});
