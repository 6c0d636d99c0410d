const LAST_BIT: u64 = 1 << 63;

/** Delimiters whose places are wanted, as numbers from 1 in the record; delimiter 0 is the one before its first field, the last one its end. */
let ordinals = new StaticArray<u32>(0);
let places = new StaticArray<usize>(0);
let wanted: u32 = 0;

/** Delimiters of the record so far. */
let passed: u32 = 0;
/** The first wanted one that was not passed. */
let next: u32 = 1;

/** @param count of the wanted delimiters, with those before the first field and after the last */
export function allocatePlaces(count: u32): void {
  ordinals = new StaticArray<u32>(count + 1);
  places = new StaticArray<usize>(count);
  unchecked((ordinals[count] = u32.MAX_VALUE));
}

/** Adds the next wanted delimiter; they come in ascending order. */
export function addPlace(ordinal: u32): void {
  unchecked((ordinals[wanted] = ordinal));
  wanted += 1;
}

export function beginFields(at: usize): void {
  passed = 0;
  next = 1;
  unchecked((places[0] = at - 1));
}

/** Passes the delimiters of a mask whose first bit is the byte at `block`. */
export function passDelimiters(block: usize, mask: u64): void {
  const all = passed + (popcnt(mask) as u32);
  for (let ordinal = unchecked(ordinals[next]); ordinal <= all; ordinal = unchecked(ordinals[next])) {
    unchecked((places[next] = block + (placeOf(mask, ordinal - passed - 1, all - ordinal) as usize)));
    next += 1;
  }
  passed = all;
}

/** The place of the bit that has some set ones before it and some after it, sought from the nearer end: a label is often the last field. */
function placeOf(mask: u64, before: u32, after: u32): u64 {
  let left = mask;
  if (after < before) {
    for (let skipped: u32 = 0; skipped < after; skipped += 1) left ^= LAST_BIT >> clz(left);
    return 63 - clz(left);
  }
  for (let skipped: u32 = 0; skipped < before; skipped += 1) left &= left - 1;
  return ctz(left);
}

/** Ends the record and returns the number of its fields. */
export function endFields(end: usize): u32 {
  unchecked((places[wanted - 1] = end));
  return passed + 1;
}

/** Where the field after a wanted delimiter begins. */
export function fieldStart(place: u32): usize {
  return unchecked(places[place]) + 1;
}

/** Where the field after a wanted delimiter ends: at the next wanted one. */
export function fieldEnd(place: u32): usize {
  return unchecked(places[place + 1]);
}
