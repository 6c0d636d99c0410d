import {fingerprint64} from './fingerprint';

const PARTS = 3;
const MAX_LABELS = 1000;

/** In UTF-16 code units, as JavaScript counts; longer text is no class. */
const MAX_LENGTH: usize = 200;

/** A code unit is at most three bytes of UTF-8. */
const MAX_BYTES: usize = 3 * MAX_LENGTH;

/** A power of two above twice the labels, so that a probe is short. */
const SLOTS = 2048;

/** Bytes that fit into a digest as they are. */
const SHORT: usize = 8;

/** Spreads the digests over the slots: 2^64 divided by the golden ratio. */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/** Label number + 1 by slot; 0 is a free slot. */
const slots = new StaticArray<u32>(SLOTS);
const digests = new StaticArray<u64>(MAX_LABELS);
const texts = new StaticArray<usize>(MAX_LABELS);
const lengths = new StaticArray<usize>(MAX_LABELS);
const rows = new StaticArray<f64>(MAX_LABELS * PARTS);
let labels: u32 = 0;
let otherRows: f64 = 0;

/** Counts a row of a part under its label, or among the others when it is one label too many or too long. */
export function countLabel(part: u32, text: usize, length: usize): void {
  const label = labelNumber(text, length);
  if (label < 0) otherRows += 1;
  else unchecked((rows[label * PARTS + part] += 1));
}

function labelNumber(text: usize, length: usize): i32 {
  if (length > MAX_BYTES) return -1;
  const digest = digestOf(text, length);
  let slot = (((digest * MULTIPLIER) >> 32) as u32) % SLOTS;
  for (let found = unchecked(slots[slot]); found > 0; found = unchecked(slots[slot])) {
    const label = found - 1;
    if (unchecked(digests[label]) === digest && isLabel(label, text, length)) return label;
    slot = (slot + 1) % SLOTS;
  }
  if (labels === MAX_LABELS || codeUnits(text, length) > MAX_LENGTH) return -1;
  unchecked((slots[slot] = labels + 1));
  unchecked((digests[labels] = digest));
  return addLabel(text, length);
}

/** A short label is its own digest. */
function digestOf(text: usize, length: usize): u64 {
  if (length > SHORT) return fingerprint64(text, length);
  return length === 0 ? 0 : load<u64>(text) & (u64.MAX_VALUE >> ((8 * (SHORT - length)) as u64));
}

function isLabel(label: u32, text: usize, length: usize): bool {
  if (unchecked(lengths[label]) !== length) return false;
  return length <= SHORT || memory.compare(unchecked(texts[label]), text, length) === 0;
}

function addLabel(text: usize, length: usize): u32 {
  const copy = heap.alloc(length);
  memory.copy(copy, text, length);
  unchecked((texts[labels] = copy));
  unchecked((lengths[labels] = length));
  labels += 1;
  return labels - 1;
}

/** Every first byte of a character is one code unit, that of a character beyond U+FFFF two. */
function codeUnits(text: usize, length: usize): usize {
  let units: usize = 0;
  for (let at = text; at < text + length; at += 1) {
    const byte = load<u8>(at);
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

export function countLabels(): u32 {
  return labels;
}

export function labelText(label: u32): usize {
  return unchecked(texts[label]);
}

export function labelLength(label: u32): usize {
  return unchecked(lengths[label]);
}

export function labelRows(label: u32, part: u32): f64 {
  return unchecked(rows[label * PARTS + part]);
}

export function rowsOfOtherLabels(): f64 {
  return otherRows;
}
