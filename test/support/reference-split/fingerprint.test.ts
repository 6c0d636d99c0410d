import assert from 'node:assert/strict';
import fc from 'fast-check';
import {bucketOf, fingerprint64} from './fingerprint.ts';

describe('fingerprint64', () => {
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
      assert.equal(BigInt.asIntN(64, fingerprint64(Buffer.from(text))), expected);
    });
  }

  const byLength: readonly (readonly [number, bigint])[] = [
    [8, -78300442537744119n],
    [15, 7529451393577069597n],
    [16, 6080716761534418621n],
    [17, -7052348088954416216n],
    [31, 7218681076654535888n],
    [32, -29633327639612006n],
    [33, 2004761416539416594n],
    [63, -3086238402502648930n],
    [64, -7184832003244844038n],
    [65, 2608948203458330154n],
    [128, -4385295067663546550n],
    [129, -7269759402498002988n],
    [257, 3513769224266272928n],
    [300, -7834006943512290672n],
  ];
  for (const [length, expected] of byLength) {
    it(`agrees with Google's C++ on ${length} bytes`, () => {
      assert.equal(BigInt.asIntN(64, fingerprint64(alphabet(length))), expected);
    });
  }

  it("agrees with Google's C++ on every length from 0 to 700 bytes", () => {
    let digest = 0n;
    for (let length = 0; length <= 700; length += 1) {
      digest = BigInt.asUintN(64, digest * 31n + fingerprint64(alphabet(length)));
    }

    assert.equal(digest, 18109405485984048021n);
  });

  it('reads a view in the middle of a buffer like a copy of it', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), fc.nat(20), (bytes, before) => {
        const around = Buffer.concat([Buffer.alloc(before, 1), bytes, Buffer.alloc(9, 2)]);
        const view = around.subarray(before, before + bytes.length);

        assert.equal(fingerprint64(view), fingerprint64(Uint8Array.from(bytes)));
      }),
    );
  });
});

describe('bucketOf', () => {
  it("takes MOD(ABS(fingerprint), buckets) of BigQuery's signed number", () => {
    assert.equal(bucketOf(fingerprint64(Buffer.from('1footrue')), 10), 1);
    assert.equal(bucketOf(fingerprint64(Buffer.from('2applefalse')), 10), 9);
    assert.equal(bucketOf(fingerprint64(Buffer.from('3true')), 100), 12);
  });

  it('takes signed and unsigned fingerprints alike', () => {
    assert.equal(bucketOf(-1541654101129638711n, 10), 1);
    assert.equal(bucketOf(2n ** 64n - 7n, 10), 7);
  });

  it('puts the one fingerprint without an absolute value into bucket 0', () => {
    assert.equal(bucketOf(2n ** 63n, 10), 0);
    assert.equal(bucketOf(2n ** 63n - 1n, 10), 7);
  });

  it('fills ten buckets evenly', () => {
    const counts = Array.from({length: 10}, () => 0);
    for (let row = 0; row < 20_000; row += 1) {
      const bucket = bucketOf(fingerprint64(Buffer.from(`row ${row}`)), 10);
      counts[bucket]! += 1;
    }

    for (const count of counts) assert.ok(Math.abs(count / 20_000 - 0.1) < 0.01, `${counts}`);
  });
});

function alphabet(length: number): Buffer {
  return Buffer.alloc(length, 'abcdefghijklmnopqrstuvwxyz');
}
