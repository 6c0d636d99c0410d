/**
 * FarmHash Fingerprint64, the function behind BigQuery's FARM_FINGERPRINT.
 * After `farmhashna` in https://github.com/google/farmhash (src/farmhash.cc, MIT licence), whose names are kept.
 */

const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;
const SEED = 81n;
const INT64_MIN = -(2n ** 63n);

type Pair = readonly [bigint, bigint];

/** The fingerprint of some bytes, from 0 to 2^64 − 1. `BigInt.asIntN(64, …)` makes it BigQuery's signed INT64. */
export function fingerprint64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length <= 16) return hashLength0To16(view);
  if (bytes.length <= 32) return hashLength17To32(view);
  if (bytes.length <= 64) return hashLength33To64(view);
  return hashLengthOver64(view);
}

/**
 * The bucket of a fingerprint: `IFNULL(MOD(SAFE.ABS(fingerprint), buckets), 0)` in BigQuery SQL.
 * The least INT64 has no absolute value there (ABS fails, SAFE.ABS is NULL), so that one fingerprint of 2^64 is given bucket 0.
 */
export function bucketOf(fingerprint: bigint, buckets: number): number {
  const signed = BigInt.asIntN(64, fingerprint);
  if (signed === INT64_MIN) return 0;
  return Number((signed < 0n ? -signed : signed) % BigInt(buckets));
}

function hashLength0To16(view: DataView): bigint {
  const length = view.byteLength;
  if (length >= 8) {
    const mul = multiplierFor(length);
    const a = uint64(fetch64(view, 0) + K2);
    const b = fetch64(view, length - 8);
    const c = uint64(rotate(b, 37n) * mul + a);
    const d = uint64(uint64(rotate(a, 25n) + b) * mul);
    return hashLength16(c, d, mul);
  }
  if (length >= 4) {
    const first = BigInt(view.getUint32(0, true));
    const last = BigInt(view.getUint32(length - 4, true));
    return hashLength16(BigInt(length) + (first << 3n), last, multiplierFor(length));
  }
  if (length === 0) return K2;
  const y = BigInt(view.getUint8(0) + (view.getUint8(length >> 1) << 8));
  const z = BigInt(length + (view.getUint8(length - 1) << 2));
  return uint64(shiftMix(uint64(y * K2) ^ uint64(z * K0)) * K2);
}

function hashLength17To32(view: DataView): bigint {
  const length = view.byteLength;
  const mul = multiplierFor(length);
  const a = uint64(fetch64(view, 0) * K1);
  const b = fetch64(view, 8);
  const c = uint64(fetch64(view, length - 8) * mul);
  const d = uint64(fetch64(view, length - 16) * K2);
  const u = uint64(rotate(uint64(a + b), 43n) + rotate(c, 30n) + d);
  const v = uint64(a + rotate(uint64(b + K2), 18n) + c);
  return hashLength16(u, v, mul);
}

function hashLength33To64(view: DataView): bigint {
  const length = view.byteLength;
  const mul = multiplierFor(length);
  const a = uint64(fetch64(view, 0) * K2);
  const b = fetch64(view, 8);
  const c = uint64(fetch64(view, length - 8) * mul);
  const d = uint64(fetch64(view, length - 16) * K2);
  const y = uint64(rotate(uint64(a + b), 43n) + rotate(c, 30n) + d);
  const z = hashLength16(y, uint64(a + rotate(uint64(b + K2), 18n) + c), mul);
  const e = uint64(fetch64(view, 16) * mul);
  const f = fetch64(view, 24);
  const g = uint64(uint64(y + fetch64(view, length - 32)) * mul);
  const h = uint64(uint64(z + fetch64(view, length - 24)) * mul);
  const u = uint64(rotate(uint64(e + f), 43n) + rotate(g, 30n) + h);
  const v = uint64(e + rotate(uint64(f + a), 18n) + g);
  return hashLength16(u, v, mul);
}

interface Lanes {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly v: Pair;
  readonly w: Pair;
}

function hashLengthOver64(view: DataView): bigint {
  const lastBlock = view.byteLength - 64;
  const overhang = BigInt((view.byteLength - 1) & 63);
  const y = uint64(SEED * K1 + 113n);
  let lanes: Lanes = {
    x: uint64(SEED * K2 + fetch64(view, 0)),
    y,
    z: uint64(shiftMix(uint64(y * K2 + 113n)) * K2),
    v: [0n, 0n],
    w: [0n, 0n],
  };
  for (let at = 0; at < lastBlock; at += 64) lanes = mixBlock(view, at, lanes, {mul: K1, weight: 1n});

  const mul = uint64(K1 + ((lanes.z & 0xffn) << 1n));
  const w0 = lanes.w[0] + overhang;
  const v0 = uint64(lanes.v[0] + w0);
  const last: Lanes = {...lanes, v: [v0, lanes.v[1]], w: [uint64(w0 + v0), lanes.w[1]]};
  const end = mixBlock(view, lastBlock, last, {mul, weight: 9n});
  return hashLength16(
    uint64(hashLength16(end.v[0], end.w[0], mul) + shiftMix(end.y) * K0 + end.z),
    uint64(hashLength16(end.v[1], end.w[1], mul) + end.x),
    mul,
  );
}

/** One round of the loop over 64-byte blocks; the last block has a multiplier of its own and weighs two lanes by nine. */
function mixBlock(
  view: DataView,
  at: number,
  lanes: Lanes,
  {mul, weight}: {readonly mul: bigint; readonly weight: bigint},
): Lanes {
  const {v, w} = lanes;
  const mixed = uint64(lanes.x + lanes.y + v[0] + fetch64(view, at + 8));
  const x = uint64(rotate(mixed, 37n) * mul) ^ uint64(w[1] * weight);
  const turned = rotate(uint64(lanes.y + v[1] + fetch64(view, at + 48)), 42n);
  const y = uint64(turned * mul + v[0] * weight + fetch64(view, at + 40));
  const z = uint64(rotate(uint64(lanes.z + w[0]), 33n) * mul);
  return {
    x: z,
    y,
    z: x,
    v: weakHashLength32(view, at, uint64(v[1] * mul), uint64(x + w[0])),
    w: weakHashLength32(view, at + 32, uint64(z + w[1]), uint64(y + fetch64(view, at + 16))),
  };
}

function weakHashLength32(view: DataView, at: number, seedA: bigint, seedB: bigint): Pair {
  const z = fetch64(view, at + 24);
  const a = uint64(seedA + fetch64(view, at));
  const b = rotate(uint64(seedB + a + z), 21n);
  const sum = uint64(a + fetch64(view, at + 8) + fetch64(view, at + 16));
  return [uint64(sum + z), uint64(b + rotate(sum, 44n) + a)];
}

function hashLength16(u: bigint, v: bigint, mul: bigint): bigint {
  const a = shiftMix(uint64((u ^ v) * mul));
  const b = shiftMix(uint64((v ^ a) * mul));
  return uint64(b * mul);
}

function multiplierFor(length: number): bigint {
  return uint64(K2 + BigInt(length) * 2n);
}

function shiftMix(value: bigint): bigint {
  return value ^ (value >> 47n);
}

function rotate(value: bigint, bits: bigint): bigint {
  return (value >> bits) | uint64(value << (64n - bits));
}

function fetch64(view: DataView, at: number): bigint {
  return view.getBigUint64(at, true);
}

function uint64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
