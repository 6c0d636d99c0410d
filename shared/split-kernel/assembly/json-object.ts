import {allPaths, countPaths, MAX_DEPTH, MAX_PATHS, pathsAt, pathsEndingAt} from './json-paths';
import {
  hasEscape,
  INVALID,
  isCanonical,
  isCanonicalWhole,
  readByte,
  readNumber,
  readString,
  readWord,
  skipSpace,
} from './json-text';

// Reads a line that holds one object, and finds the values at the wanted paths. What is not valid or not plain is left to the caller.

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_LIST: u8 = 0x5b;
const CLOSE_LIST: u8 = 0x5d;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;
const LETTER_N: u8 = 0x6e;
const LETTER_A: u8 = 0x61;

/** The label's path is the first one, the others are the key's. */
const LABEL_BIT: u32 = 1;

const starts = new StaticArray<usize>(MAX_PATHS);
const ends = new StaticArray<usize>(MAX_PATHS);
/** Paths whose value was found. */
let found: u32 = 0;
/** By depth, the paths whose name was met: JSON.parse takes the last of several equal names, so a second one is left to it. */
const met = new StaticArray<u32>(MAX_DEPTH);

/** False when the caller has to read the line: it is no object, lacks a wanted value, or one of them has no exact text in the line. */
export function readLine(from: usize, end: usize): bool {
  if (countPaths() === 0) return false;
  found = 0;
  const at = readObject(skipSpace(from), 0, allPaths());
  return at !== INVALID && skipSpace(at) === end && found === allPaths();
}

export function valueStart(path: i32): usize {
  return unchecked(starts[path]);
}

export function valueLength(path: i32): usize {
  return unchecked(ends[path]) - unchecked(starts[path]);
}

/** @param wanted the paths that led here */
function readObject(from: usize, depth: i32, wanted: u32): usize {
  if (depth === MAX_DEPTH || load<u8>(from) !== OPEN_OBJECT) return INVALID;
  unchecked((met[depth] = 0));
  let at = skipSpace(from + 1);
  if (load<u8>(at) === CLOSE_OBJECT) return at + 1;
  while (true) {
    at = readMember(at, depth, wanted);
    if (at === INVALID) return INVALID;
    at = skipSpace(at);
    if (load<u8>(at) !== COMMA) return readByte(at, CLOSE_OBJECT);
    at = skipSpace(at + 1);
  }
}

function readMember(from: usize, depth: i32, wanted: u32): usize {
  const nameEnd = readString(from);
  if (nameEnd === INVALID || (wanted !== 0 && hasEscape)) return INVALID;
  const matching = wanted === 0 ? 0 : pathsAt(depth, wanted, from + 1, nameEnd - from - 2);
  if (unchecked(met[depth]) & matching) return INVALID;
  unchecked((met[depth] |= matching));
  const colon = skipSpace(nameEnd);
  if (load<u8>(colon) !== COLON) return INVALID;
  const value = skipSpace(colon + 1);
  return matching === 0 ? readValue(value, depth, 0) : readWanted(value, depth, matching);
}

/** Reads a value that paths end at or go through. */
function readWanted(from: usize, depth: i32, matching: u32): usize {
  const ending = pathsEndingAt(depth, matching);
  if (ending === 0) return readValue(from, depth, matching);
  const first = load<u8>(from);
  const end = readValue(from, depth, 0);
  if (end === INVALID || first === OPEN_OBJECT || first === OPEN_LIST || first === LETTER_N) return INVALID;
  if (first === QUOTE) {
    if (hasEscape) return INVALID;
    keep(ending, from + 1, end - 1);
    return end;
  }
  if (first < LETTER_A && !isExact(from, end, ending)) return INVALID;
  keep(ending, from, end);
  return end;
}

/** Of the numbers only whole ones can be a key. */
function isExact(start: usize, end: usize, ending: u32): bool {
  return ending === LABEL_BIT ? isCanonical(start, end) : isCanonicalWhole(start, end);
}

function keep(ending: u32, start: usize, end: usize): void {
  found |= ending;
  for (let left = ending; left !== 0; left &= left - 1) {
    unchecked((starts[ctz(left)] = start));
    unchecked((ends[ctz(left)] = end));
  }
}

/** @param wanted the paths that go through the value */
function readValue(from: usize, depth: i32, wanted: u32): usize {
  const first = load<u8>(from);
  if (first === QUOTE) return readString(from);
  if (first === OPEN_OBJECT) return readObject(from, depth + 1, wanted);
  if (first === OPEN_LIST) return readList(from, depth + 1);
  return first >= LETTER_A ? readWord(from) : readNumber(from);
}

function readList(from: usize, depth: i32): usize {
  if (depth === MAX_DEPTH) return INVALID;
  let at = skipSpace(from + 1);
  if (load<u8>(at) === CLOSE_LIST) return at + 1;
  while (true) {
    at = readValue(at, depth, 0);
    if (at === INVALID) return INVALID;
    at = skipSpace(at);
    if (load<u8>(at) !== COMMA) return readByte(at, CLOSE_LIST);
    at = skipSpace(at + 1);
  }
}
