import {copyBytes, SPARE} from './copy';
import {fingerprint64} from './fingerprint';
import {areFirstKept, keepFirst} from './first-records';

// Keeps copies of some records as they stand in their parts, so that somebody else can read them again.

const MOST: u32 = 1024;
const MOST_BYTES: usize = 2 * 1024 * 1024;

/** A power of two above twice the records, so that a probe is short. */
const SLOTS: u32 = 4096;

/** A sample with more records than this for each of its keys loses records, another one keys. */
const RECORDS_PER_KEY: u32 = 16;

/** Spreads bits: 2^64 divided by the golden ratio. */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

const LINE_FEED: u8 = 0x0a;
const CARRIAGE_RETURN: u8 = 0x0d;

/** Records of keys with a higher fingerprint are of no interest. */
export let highestKey: u64 = u64.MAX_VALUE;

/** A record is sampled when its key's fingerprint and its own digest are within these; one of them is halved when the sample is full. */
let keyLimit: u64 = u64.MAX_VALUE;
let digestLimit: u64 = u64.MAX_VALUE;
let halvings: u32 = 0;

const fingerprints = new StaticArray<u64>(MOST);
const digests = new StaticArray<u64>(MOST);
/** Equal for equal records of one part. */
const identities = new StaticArray<u64>(MOST);
/** Rows with the record. */
const rows = new StaticArray<f64>(MOST);
const parts = new StaticArray<u32>(MOST);
const texts = new StaticArray<usize>(MOST);
const lengths = new StaticArray<usize>(MOST);
const copies = heap.alloc(MOST_BYTES + SPARE);
let records: u32 = 0;
let used: usize = 0;

/** Record number + 1 by slot; 0 is a free slot. */
const slots = new StaticArray<u32>(SLOTS);

/** Looks at a record of a part, whose key is not above `highestKey`. */
export function look(part: u32, fingerprint: u64, at: usize, end: usize): void {
  const length = contentLength(at, end);
  if (!areFirstKept) {
    keepFirst(part, at, length);
    if (areFirstKept) highestKey = keyLimit;
  }
  const digest = digestOf(fingerprint, at, length);
  if (!isSampled(fingerprint, digest)) return;
  const identity = fingerprint64(at, length) + part;
  const known = recordOf(identity);
  if (known >= 0) {
    unchecked((rows[known] += 1));
    return;
  }
  while (records === MOST || used + length > MOST_BYTES) {
    thin();
    if (!isSampled(fingerprint, digest)) return;
  }
  unchecked((fingerprints[records] = fingerprint));
  unchecked((digests[records] = digest));
  unchecked((identities[records] = identity));
  unchecked((rows[records] = 1));
  unchecked((parts[records] = part));
  unchecked((lengths[records] = length));
  copyBytes(copies + used, at, length);
  endAdding();
}

function isSampled(fingerprint: u64, digest: u64): bool {
  return fingerprint <= keyLimit && digest <= digestLimit;
}

function contentLength(at: usize, end: usize): usize {
  let length = end - at;
  if (load<u8>(end - 1) === LINE_FEED) length -= 1;
  if (length > 0 && load<u8>(at + length - 1) === CARRIAGE_RETURN) length -= 1;
  return length;
}

/** Differs for most records of a key and costs little: it takes three places of the record into account. */
function digestOf(fingerprint: u64, at: usize, length: usize): u64 {
  if (length < 8) return fingerprint;
  let digest = (fingerprint ^ load<u64>(at)) * MULTIPLIER;
  digest = (rotr(digest, 32) ^ load<u64>(at + ((length - 8) >> 1))) * MULTIPLIER;
  digest = (rotr(digest, 32) ^ load<u64>(at + length - 8)) * MULTIPLIER;
  return digest ^ (digest >> 32);
}

/** -1 when it is not there. */
function recordOf(identity: u64): i32 {
  let slot = slotOf(identity);
  for (let found = unchecked(slots[slot]); found > 0; found = unchecked(slots[slot])) {
    if (unchecked(identities[found - 1]) === identity) return found - 1;
    slot = (slot + 1) % SLOTS;
  }
  return -1;
}

/** The highest bits are alike in a sample; a part is in the lowest. */
function slotOf(digest: u64): u32 {
  return ((digest >> 16) as u32) % SLOTS;
}

/** Gives the next record, of which all but this is known, its slot and its copy. */
function endAdding(): void {
  let slot = slotOf(unchecked(identities[records]));
  while (unchecked(slots[slot]) > 0) slot = (slot + 1) % SLOTS;
  unchecked((slots[slot] = records + 1));
  unchecked((texts[records] = copies + used));
  used += unchecked(lengths[records]);
  records += 1;
}

/** Halves a limit and drops the records beyond it. */
function thin(): void {
  if (records > countKeys() * RECORDS_PER_KEY) digestLimit >>= 1;
  else keyLimit >>= 1;
  halvings += 1;
  if (areFirstKept) highestKey = keyLimit;
  clearSlots();
  const all = records;
  records = 0;
  used = 0;
  for (let record: u32 = 0; record < all; record += 1) {
    if (unchecked(fingerprints[record]) <= keyLimit && unchecked(digests[record]) <= digestLimit)
      moveUp(record);
  }
}

/** Nearly: keys that share a slot count as one. */
function countKeys(): u32 {
  clearSlots();
  let keys: u32 = 0;
  for (let record: u32 = 0; record < records; record += 1) {
    const slot = slotOf(unchecked(fingerprints[record]));
    if (unchecked(slots[slot]) === 0) keys += 1;
    unchecked((slots[slot] = 1));
  }
  return keys;
}

function clearSlots(): void {
  memory.fill(changetype<usize>(slots), 0, SLOTS * sizeof<u32>());
}

/** Moves a record to where the next one belongs, and its copy behind those that are kept. */
function moveUp(record: u32): void {
  unchecked((fingerprints[records] = fingerprints[record]));
  unchecked((digests[records] = digests[record]));
  unchecked((identities[records] = identities[record]));
  unchecked((rows[records] = rows[record]));
  unchecked((parts[records] = parts[record]));
  unchecked((lengths[records] = lengths[record]));
  memory.copy(copies + used, unchecked(texts[record]), unchecked(lengths[record]));
  endAdding();
}

export function countSampled(): u32 {
  return records;
}

export function sampledPart(record: u32): u32 {
  return unchecked(parts[record]);
}

export function sampledText(record: u32): usize {
  return unchecked(texts[record]);
}

export function sampledLength(record: u32): usize {
  return unchecked(lengths[record]);
}

export function sampledRows(record: u32): f64 {
  return unchecked(rows[record]);
}

/** The sample has one record in 2 to the power of it. */
export function countHalvings(): u32 {
  return halvings;
}
