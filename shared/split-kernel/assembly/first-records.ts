import {copyBytes, SPARE} from './copy';

const MOST: u32 = 4096;
const MOST_BYTES: usize = 1024 * 1024;

const parts = new StaticArray<u32>(MOST);
const texts = new StaticArray<usize>(MOST);
const lengths = new StaticArray<usize>(MOST);
const copies = heap.alloc(MOST_BYTES + SPARE);
let records: u32 = 0;
let used: usize = 0;

/** Whether there is no room for the next of the file's first records. */
export let areFirstKept = false;

/** Copies a record as it stands in its part. */
export function keepFirst(part: u32, text: usize, length: usize): void {
  if (records === MOST || used + length > MOST_BYTES) {
    areFirstKept = true;
    return;
  }
  copyBytes(copies + used, text, length);
  unchecked((parts[records] = part));
  unchecked((texts[records] = copies + used));
  unchecked((lengths[records] = length));
  used += length;
  records += 1;
}

export function countFirst(): u32 {
  return records;
}

export function firstPart(record: u32): u32 {
  return unchecked(parts[record]);
}

export function firstText(record: u32): usize {
  return unchecked(texts[record]);
}

export function firstLength(record: u32): usize {
  return unchecked(lengths[record]);
}
