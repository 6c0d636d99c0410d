// FarmHash Fingerprint64 after `farmhashna` in https://github.com/google/farmhash (src/farmhash.cc, MIT licence), whose names are kept.

const K0: u64 = 0xc3a5c85c97cb3127;
const K1: u64 = 0xb492b66fbe98f273;
const K2: u64 = 0x9ae16a3b2f90404f;
const SEED: u64 = 81;

/** The fingerprint of some bytes, as BigQuery's FARM_FINGERPRINT without its sign. */
export function fingerprint64(at: usize, length: usize): u64 {
  if (length <= 16) return hashLength0To16(at, length);
  if (length <= 32) return hashLength17To32(at, length);
  if (length <= 64) return hashLength33To64(at, length);
  return hashLengthOver64(at, length);
}

function hashLength0To16(at: usize, length: usize): u64 {
  if (length >= 8) {
    const mul = multiplierFor(length);
    const a = load<u64>(at) + K2;
    const b = load<u64>(at + length - 8);
    const c = rotr(b, 37) * mul + a;
    const d = (rotr(a, 25) + b) * mul;
    return hashLength16(c, d, mul);
  }
  if (length >= 4) {
    const first: u64 = load<u32>(at);
    const last: u64 = load<u32>(at + length - 4);
    return hashLength16(length + (first << 3), last, multiplierFor(length));
  }
  if (length === 0) return K2;
  const y: u64 = load<u8>(at) + ((load<u8>(at + (length >> 1)) as u32) << 8);
  const z: u64 = length + ((load<u8>(at + length - 1) as u32) << 2);
  return shiftMix((y * K2) ^ (z * K0)) * K2;
}

function hashLength17To32(at: usize, length: usize): u64 {
  const mul = multiplierFor(length);
  const a = load<u64>(at) * K1;
  const b = load<u64>(at, 8);
  const c = load<u64>(at + length - 8) * mul;
  const d = load<u64>(at + length - 16) * K2;
  return hashLength16(rotr(a + b, 43) + rotr(c, 30) + d, a + rotr(b + K2, 18) + c, mul);
}

function hashLength33To64(at: usize, length: usize): u64 {
  const mul = multiplierFor(length);
  const a = load<u64>(at) * K2;
  const b = load<u64>(at, 8);
  const c = load<u64>(at + length - 8) * mul;
  const d = load<u64>(at + length - 16) * K2;
  const y = rotr(a + b, 43) + rotr(c, 30) + d;
  const z = hashLength16(y, a + rotr(b + K2, 18) + c, mul);
  const e = load<u64>(at, 16) * mul;
  const f = load<u64>(at, 24);
  const g = (y + load<u64>(at + length - 32)) * mul;
  const h = (z + load<u64>(at + length - 24)) * mul;
  return hashLength16(rotr(e + f, 43) + rotr(g, 30) + h, e + rotr(f + a, 18) + g, mul);
}

function hashLengthOver64(at: usize, length: usize): u64 {
  let y = SEED * K1 + 113;
  let x = SEED * K2 + load<u64>(at);
  let z = shiftMix(y * K2 + 113) * K2;
  let v0: u64 = 0;
  let v1: u64 = 0;
  let w0: u64 = 0;
  let w1: u64 = 0;
  let mul = K1;
  // The last block overlaps the one before; it has a multiplier of its own and weighs two lanes by nine: by 1 + 8.
  let eightfold: u64 = 0;
  const lastBlock = at + length - 64;
  let block = at;
  while (true) {
    if (block >= lastBlock) {
      block = lastBlock;
      eightfold = u64.MAX_VALUE;
      mul = K1 + ((z & 0xff) << 1);
      w0 += (length - 1) & 63;
      v0 += w0;
      w0 += v0;
    }
    x = (rotr(x + y + v0 + load<u64>(block, 8), 37) * mul) ^ (w1 + ((w1 << 3) & eightfold));
    y = rotr(y + v1 + load<u64>(block, 48), 42) * mul + v0 + ((v0 << 3) & eightfold) + load<u64>(block, 40);
    z = rotr(z + w0, 33) * mul;

    const third = load<u64>(block, 24);
    const a = v1 * mul + load<u64>(block);
    const sum = a + load<u64>(block, 8) + load<u64>(block, 16);
    v1 = rotr(x + w0 + a + third, 21) + rotr(sum, 44) + a;
    v0 = sum + third;

    const last = load<u64>(block, 56);
    const b = z + w1 + load<u64>(block, 32);
    const otherSum = b + load<u64>(block, 40) + load<u64>(block, 48);
    w1 = rotr(y + load<u64>(block, 16) + b + last, 21) + rotr(otherSum, 44) + b;
    w0 = otherSum + last;

    const swapped = z;
    z = x;
    x = swapped;
    if (block === lastBlock) break;
    block += 64;
  }
  return hashLength16(hashLength16(v0, w0, mul) + shiftMix(y) * K0 + z, hashLength16(v1, w1, mul) + x, mul);
}

function hashLength16(u: u64, v: u64, mul: u64): u64 {
  const a = shiftMix((u ^ v) * mul);
  return shiftMix((v ^ a) * mul) * mul;
}

function multiplierFor(length: usize): u64 {
  return K2 + ((length as u64) << 1);
}

function shiftMix(value: u64): u64 {
  return value ^ (value >> 47);
}
