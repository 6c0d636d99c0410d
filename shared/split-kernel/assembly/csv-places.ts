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
  let left = mask;
  while (unchecked(ordinals[next]) <= all) {
    for (; passed + 1 < unchecked(ordinals[next]); passed += 1) left &= left - 1;
    unchecked((places[next] = block + (ctz(left) as usize)));
    next += 1;
  }
  passed = all;
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
