import {allPaths, countPaths, MAX_DEPTH, MAX_PATHS, pathsAt, pathsEndingAt} from './json-paths';
import {
  at,
  hasEscape,
  isCanonical,
  isCanonicalWhole,
  peek,
  readByte,
  readFrom,
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
  memory.fill(changetype<usize>(met), 0, MAX_DEPTH * sizeof<u32>());
  readFrom(from);
  skipSpace();
  if (!readObject(0, allPaths())) return false;
  skipSpace();
  return at === end && found === allPaths();
}

export function valueStart(path: i32): usize {
  return unchecked(starts[path]);
}

export function valueLength(path: i32): usize {
  return unchecked(ends[path]) - unchecked(starts[path]);
}

/** @param wanted the paths that led here */
function readObject(depth: i32, wanted: u32): bool {
  if (depth === MAX_DEPTH || !readByte(OPEN_OBJECT)) return false;
  skipSpace();
  if (readByte(CLOSE_OBJECT)) return true;
  do {
    skipSpace();
    if (!readMember(depth, wanted)) return false;
    skipSpace();
  } while (readByte(COMMA));
  return readByte(CLOSE_OBJECT);
}

function readMember(depth: i32, wanted: u32): bool {
  const name = at + 1;
  if (!readString() || (wanted !== 0 && hasEscape)) return false;
  const matching = wanted === 0 ? 0 : pathsAt(depth, wanted, name, at - 1 - name);
  if (unchecked(met[depth]) & matching) return false;
  unchecked((met[depth] |= matching));
  skipSpace();
  if (!readByte(COLON)) return false;
  skipSpace();
  return matching === 0 ? readValue(depth, 0) : readWanted(depth, matching);
}

/** Reads a value that paths end at or go through. */
function readWanted(depth: i32, matching: u32): bool {
  const ending = pathsEndingAt(depth, matching);
  if (ending === 0) return readValue(depth, matching);
  const start = at;
  const first = peek();
  if (!readValue(depth, 0) || first === OPEN_OBJECT || first === OPEN_LIST || first === LETTER_N)
    return false;
  if (first === QUOTE) {
    if (hasEscape) return false;
    keep(ending, start + 1, at - 1);
    return true;
  }
  if (first < LETTER_A && !isExact(start, at, ending)) return false;
  keep(ending, start, at);
  return true;
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
function readValue(depth: i32, wanted: u32): bool {
  const first = peek();
  if (first === QUOTE) return readString();
  if (first === OPEN_OBJECT) return readObject(depth + 1, wanted);
  if (first === OPEN_LIST) return readList(depth + 1);
  return first >= LETTER_A ? readWord() : readNumber();
}

function readList(depth: i32): bool {
  if (depth === MAX_DEPTH) return false;
  readByte(OPEN_LIST);
  skipSpace();
  if (readByte(CLOSE_LIST)) return true;
  do {
    skipSpace();
    if (!readValue(depth, 0)) return false;
    skipSpace();
  } while (readByte(COMMA));
  return readByte(CLOSE_LIST);
}
