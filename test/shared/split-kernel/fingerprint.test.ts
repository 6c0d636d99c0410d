import assert from 'node:assert/strict';
import farmhash from 'farmhash';
import fc from 'fast-check';
import {bytesAt, startKernel} from '../../../shared/split-kernel/kernel.ts';

describe("the kernel's fingerprint64", () => {
  const kernel = startKernel();
  const memory = kernel.allocateText(1000);

  const fingerprintAt = (at: number, bytes: Uint8Array): bigint => {
    bytesAt(kernel, at, bytes.length).set(bytes);
    return BigInt.asUintN(64, kernel.fingerprint64(at, bytes.length));
  };

  // google/farmhash, compiled; the first five also stand in BigQuery's documentation and public examples.
  const published: readonly (readonly [string, bigint])[] = [
    ['1footrue', -1541654101129638711n],
    ['2applefalse', 2794438866806483259n],
    ['3true', -4880158226897771312n],
    ['alphabet', -2427165924636348523n],
    ['Amazon Redshift', 8085098817162212970n],
    ['', -7286425919675154353n],
    ['a', -5528939962900187677n],
    ['ab', -6157143815960550114n],
    ['abc', 2640714258260161385n],
    ['foo', 6150913649986995171n],
    ['0', -3247774798456978881n],
    ['12345', -1895860319333466888n],
    ['été', -4914190453329631082n],
    ['日本語', -2765511847642875833n],
    ['user-00000001', 6214365577067518586n],
  ];
  for (const [text, expected] of published) {
    it(`gives "${text}" BigQuery's FARM_FINGERPRINT`, () => {
      assert.equal(BigInt.asIntN(64, fingerprintAt(memory, Buffer.from(text))), expected);
    });
  }

  it("agrees with Google's C++ on every length from 0 to 700 bytes", () => {
    for (let length = 0; length <= 700; length += 1) {
      const bytes = Buffer.alloc(length, 'abcdefghijklmnopqrstuvwxyz');
      assert.equal(fingerprintAt(memory, bytes), farmhash.fingerprint64(bytes), `${length} bytes`);
    }
  });

  it("agrees with Google's C++ on any bytes, wherever they lie", () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 300}), fc.nat(15), (bytes, offset) => {
        assert.equal(fingerprintAt(memory + offset, bytes), farmhash.fingerprint64(Buffer.from(bytes)));
      }),
      {numRuns: 1000},
    );
  });

  it("agrees with Google's C++ on both sides of each path's limits", () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(0, 1, 3, 4, 7, 8, 16, 17, 32, 33, 64, 65, 127, 128, 129, 192, 256, 300)
          .chain((length) => fc.uint8Array({minLength: length, maxLength: length})),
        (bytes) => {
          assert.equal(fingerprintAt(memory, bytes), farmhash.fingerprint64(Buffer.from(bytes)));
        },
      ),
      {numRuns: 500},
    );
  });
});
