/**
 * FarmHash Fingerprint64, which is what FARM_FINGERPRINT computes: https://github.com/google/farmhash (farmhashna).
 * Written for reading, in arithmetic modulo 2^64.
 */
export function fingerprint64(text: Uint8Array): bigint {
  const bytes = new DataView(text.buffer, text.byteOffset, text.byteLength);
  if (bytes.byteLength <= 16) return hash16(bytes);
  if (bytes.byteLength <= 32) return hash32(bytes);
  if (bytes.byteLength <= 64) return hash64(bytes);
  return hashLong(bytes);
}

const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const mul = (a: bigint, b: bigint) => u64(a * b);
const shiftMix = (value: bigint) => value ^ (value >> 47n);
const rotate = (value: bigint, by: bigint) => u64((value >> by) | (value << (64n - by)));
const fetch64 = (bytes: DataView, at: number) => bytes.getBigUint64(at, true);
const fetch32 = (bytes: DataView, at: number) => BigInt(bytes.getUint32(at, true));

function mix(u: bigint, v: bigint, by: bigint): bigint {
  const a = shiftMix(mul(u ^ v, by));
  return mul(shiftMix(mul(v ^ a, by)), by);
}

function hash16(bytes: DataView): bigint {
  const length = bytes.byteLength;
  const by = K2 + BigInt(length) * 2n;
  if (length >= 8) {
    const a = u64(fetch64(bytes, 0) + K2);
    const b = fetch64(bytes, length - 8);
    return mix(u64(mul(rotate(b, 37n), by) + a), mul(u64(rotate(a, 25n) + b), by), by);
  }
  if (length >= 4) {
    const a = fetch32(bytes, 0);
    return mix(BigInt(length) + (a << 3n), fetch32(bytes, length - 4), by);
  }
  if (length === 0) return K2;
  const y = BigInt(bytes.getUint8(0) + (bytes.getUint8(length >> 1) << 8));
  const z = BigInt(length + (bytes.getUint8(length - 1) << 2));
  return mul(shiftMix(mul(y, K2) ^ mul(z, K0)), K2);
}

function hash32(bytes: DataView): bigint {
  const length = bytes.byteLength;
  const by = K2 + BigInt(length) * 2n;
  const a = mul(fetch64(bytes, 0), K1);
  const b = fetch64(bytes, 8);
  const c = mul(fetch64(bytes, length - 8), by);
  const d = mul(fetch64(bytes, length - 16), K2);
  return mix(u64(rotate(u64(a + b), 43n) + rotate(c, 30n) + d), u64(a + rotate(u64(b + K2), 18n) + c), by);
}

function hash64(bytes: DataView): bigint {
  const length = bytes.byteLength;
  const by = K2 + BigInt(length) * 2n;
  const a = mul(fetch64(bytes, 0), K2);
  const b = fetch64(bytes, 8);
  const c = mul(fetch64(bytes, length - 8), by);
  const d = mul(fetch64(bytes, length - 16), K2);
  const y = u64(rotate(u64(a + b), 43n) + rotate(c, 30n) + d);
  const z = mix(y, u64(a + rotate(u64(b + K2), 18n) + c), by);
  const e = mul(fetch64(bytes, 16), by);
  const f = fetch64(bytes, 24);
  const g = mul(u64(y + fetch64(bytes, length - 32)), by);
  const h = mul(u64(z + fetch64(bytes, length - 24)), by);
  return mix(u64(rotate(u64(e + f), 43n) + rotate(g, 30n) + h), u64(e + rotate(u64(f + a), 18n) + g), by);
}

type Pair = readonly [bigint, bigint];

function weakHash(bytes: DataView, at: number, seeds: Pair): Pair {
  const [w, x, y, z] = [0, 8, 16, 24].map((offset) => fetch64(bytes, at + offset)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const a = u64(seeds[0] + w);
  const b = rotate(u64(seeds[1] + a + z), 21n);
  const sum = u64(a + x + y);
  return [u64(sum + z), u64(b + rotate(sum, 44n) + a)];
}

interface Lanes {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly v: Pair;
  readonly w: Pair;
}

function hashLong(bytes: DataView): bigint {
  const length = bytes.byteLength;
  const seed = 81n;
  let lanes: Lanes = {
    x: u64(seed * K2 + fetch64(bytes, 0)),
    y: u64(seed * K1 + 113n),
    z: mul(shiftMix(u64(u64(seed * K1 + 113n) * K2 + 113n)), K2),
    v: [0n, 0n],
    w: [0n, 0n],
  };
  const whole = (length - 1) & ~63;
  for (let at = 0; at < whole; at += 64) lanes = round(bytes, at, lanes, K1);
  const {x, y, z, v, w} = lanes;
  const by = u64(K1 + ((z & 0xffn) << 1n));
  const w0 = u64(w[0] + BigInt((length - 1) & 63));
  const v0 = u64(v[0] + w0);
  const last = lastRound(bytes, length - 64, {x, y, z, v: [v0, v[1]], w: [u64(w0 + v0), w[1]]}, by);
  return mix(
    u64(mix(last.v[0], last.w[0], by) + mul(shiftMix(last.y), K0) + last.z),
    u64(mix(last.v[1], last.w[1], by) + last.x),
    by,
  );
}

function round(bytes: DataView, at: number, {x, y, z, v, w}: Lanes, by: bigint): Lanes {
  const x1 = mul(rotate(u64(x + y + v[0] + fetch64(bytes, at + 8)), 37n), by) ^ w[1];
  const y1 = u64(
    mul(rotate(u64(y + v[1] + fetch64(bytes, at + 48)), 42n), by) + v[0] + fetch64(bytes, at + 40),
  );
  const z1 = mul(rotate(u64(z + w[0]), 33n), by);
  return ended(bytes, at, {x: x1, y: y1, z: z1, v: [mul(v[1], by), u64(x1 + w[0])], w});
}

function lastRound(bytes: DataView, at: number, {x, y, z, v, w}: Lanes, by: bigint): Lanes {
  const x1 = mul(rotate(u64(x + y + v[0] + fetch64(bytes, at + 8)), 37n), by) ^ mul(w[1], 9n);
  const y1 = u64(
    mul(rotate(u64(y + v[1] + fetch64(bytes, at + 48)), 42n), by) + mul(v[0], 9n) + fetch64(bytes, at + 40),
  );
  const z1 = mul(rotate(u64(z + w[0]), 33n), by);
  return ended(bytes, at, {x: x1, y: y1, z: z1, v: [mul(v[1], by), u64(x1 + w[0])], w});
}

function ended(bytes: DataView, at: number, {x, y, z, v, w}: Lanes): Lanes {
  const pair = weakHash(bytes, at, v);
  const other = weakHash(bytes, at + 32, [u64(z + w[1]), u64(y + fetch64(bytes, at + 16))]);
  return {x: z, y, z: x, v: pair, w: other};
}
