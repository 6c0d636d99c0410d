import {
  BLOCK,
  beginText,
  delimiters,
  ends,
  isInsideQuotes,
  lineBreaks,
  readBlock,
  strays,
} from './csv-blocks';

// Where the records of a text end and its delimiters are, found before the first record is routed. Block by block it keeps the masks
// and how many bits came before; from these any delimiter is found with a step or two, so that nobody lists those that nobody wants.

const CARRIAGE_RETURN: u8 = 0x0d;

let text: usize = 0;

let recordEnds: usize = 0;
let records: u32 = 0;

let delimiterMasks: usize = 0;
let lineBreakMasks: usize = 0;
let strayMasks: usize = 0;
let hasStrays = false;
/** Delimiters before each block, and before the end of the text. */
let delimitersBefore: usize = 0;
let lineBreaksBefore: usize = 0;

/** @param capacity in bytes, of the longest text */
export function allocateIndex(capacity: usize): void {
  const blocks = capacity / BLOCK + 2;
  recordEnds = heap.alloc((capacity + 1) * sizeof<u32>());
  delimiterMasks = heap.alloc(blocks * sizeof<u64>());
  lineBreakMasks = heap.alloc(blocks * sizeof<u64>());
  strayMasks = heap.alloc(blocks * sizeof<u64>());
  delimitersBefore = heap.alloc(blocks * sizeof<u32>());
  lineBreaksBefore = heap.alloc(blocks * sizeof<u32>());
}

/** Indexes some CSV that begins with a record. The end of the file ends a record too, unless it is inside quotes. */
export function indexText(from: usize, end: usize, isLast: bool): void {
  text = from;
  records = 0;
  hasStrays = false;
  let delimiterCount: u32 = 0;
  let lineBreakCount: u32 = 0;
  let number: usize = 0;
  beginText();
  for (let block = from; block < end; block += BLOCK) {
    readBlock(block, end);
    store<u64>(delimiterMasks + (number << 3), delimiters);
    store<u64>(lineBreakMasks + (number << 3), lineBreaks);
    store<u64>(strayMasks + (number << 3), strays);
    store<u32>(delimitersBefore + (number << 2), delimiterCount);
    store<u32>(lineBreaksBefore + (number << 2), lineBreakCount);
    if (strays !== 0) hasStrays = true;
    delimiterCount += popcnt(delimiters) as u32;
    lineBreakCount += popcnt(lineBreaks) as u32;
    number += 1;
    for (let left = ends; left !== 0; left &= left - 1) addRecordEnd(block + (ctz(left) as usize));
  }
  store<u64>(delimiterMasks + (number << 3), 0);
  store<u64>(lineBreakMasks + (number << 3), 0);
  store<u32>(delimitersBefore + (number << 2), delimiterCount);
  store<u32>(lineBreaksBefore + (number << 2), lineBreakCount);
  if (!isLast) dropHalfTerminator(end);
  else if (!isInsideQuotes()) addRecordEnd(end);
}

function addRecordEnd(place: usize): void {
  store<u32>(recordEnds + (records << 2), place as u32);
  records += 1;
}

/** A carriage return at the end of the text may be half of a line terminator, so nobody knows yet where its record ends. */
function dropHalfTerminator(end: usize): void {
  if (records > 0 && recordEnd(records - 1) === end - 1 && load<u8>(end - 1) === CARRIAGE_RETURN)
    records -= 1;
}

export function countRecords(): u32 {
  return records;
}

/** Where the line terminator of a record begins. */
export function recordEnd(index: u32): usize {
  return load<u32>(recordEnds + (index << 2));
}

/** Delimiters from the beginning of the text to a place. */
export function countDelimiters(place: usize): u32 {
  return countBits(delimiterMasks, delimitersBefore, place);
}

/** Lines that end from the beginning of the text to a place. */
export function countLineBreaks(place: usize): u32 {
  return countBits(lineBreakMasks, lineBreaksBefore, place);
}

function countBits(masks: usize, before: usize, place: usize): u32 {
  const number = (place - text) / BLOCK;
  const bits = load<u64>(masks + (number << 3)) & bitsBefore(place);
  return load<u32>(before + (number << 2)) + (popcnt(bits) as u32);
}

/** Bits of a block that belong to bytes before a place in it. */
function bitsBefore(place: usize): u64 {
  return ((1 as u64) << ((place - text) as u64)) - 1;
}

/**
 * The place of a delimiter that is counted from 1 in the text.
 * @param from a place before it
 */
export function delimiterAfter(from: usize, ordinal: u32): usize {
  let number = (from - text) / BLOCK;
  while (load<u32>(delimitersBefore + ((number + 1) << 2)) < ordinal) number += 1;
  return placeIn(number, ordinal);
}

/** The same, sought from a place behind it. */
export function delimiterBefore(place: usize, ordinal: u32): usize {
  let number = (place - text) / BLOCK;
  while (load<u32>(delimitersBefore + (number << 2)) >= ordinal) number -= 1;
  return placeIn(number, ordinal);
}

/** Sought from the nearer end of the block. */
function placeIn(number: usize, ordinal: u32): usize {
  let left = load<u64>(delimiterMasks + (number << 3));
  const earlier = ordinal - load<u32>(delimitersBefore + (number << 2)) - 1;
  const later = load<u32>(delimitersBefore + ((number + 1) << 2)) - ordinal;
  const block = text + number * BLOCK;
  if (earlier <= later) {
    for (let skipped: u32 = 0; skipped < earlier; skipped += 1) left &= left - 1;
    return block + (ctz(left) as usize);
  }
  for (let skipped: u32 = 0; skipped < later; skipped += 1) left ^= (1 as u64) << (63 - clz(left));
  return block + 63 - (clz(left) as usize);
}

/** Whether text follows a closing quote between two places. */
export function hasStray(from: usize, end: usize): bool {
  if (!hasStrays) return false;
  const first = (from - text) / BLOCK;
  const last = (end - text) / BLOCK;
  for (let number = first; number <= last; number += 1) {
    let bits = load<u64>(strayMasks + (number << 3));
    if (number === first) bits &= ~bitsBefore(from);
    if (number === last) bits &= bitsBefore(end);
    if (bits !== 0) return true;
  }
  return false;
}
