import {sixteen} from './sixteen';

// The tokens of JSON text (RFC 8259) that is followed by a line feed: no token contains one, so none is read beyond the line.

const TAB: u8 = 0x09;
const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const ZERO: u8 = 0x30;
const NINE: u8 = 0x39;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;

const QUOTES = sixteen(QUOTE);
const BACKSLASHES = sixteen(BACKSLASH);
const SPACES = sixteen(SPACE);

/** What the readers return, instead of the place behind what they read, when something else stands there or it is not valid. */
export const INVALID: usize = 0;

/** Whether the string that was read last has escapes. */
export let hasEscape = false;

/** Reads one character of the grammar. */
export function readByte(at: usize, byte: u8): usize {
  return load<u8>(at) === byte ? at + 1 : INVALID;
}

/** Line breaks, which are white space too, end the line. */
export function skipSpace(from: usize): usize {
  let at = from;
  while (load<u8>(at) === SPACE || load<u8>(at) === TAB) at += 1;
  return at;
}

/** Reads a string with its quotes. */
export function readString(from: usize): usize {
  if (load<u8>(from) !== QUOTE) return INVALID;
  hasEscape = false;
  let at = from + 1;
  while (true) {
    at = findSpecial(at);
    if (load<u8>(at) === QUOTE) return at + 1;
    if (load<u8>(at) !== BACKSLASH) return INVALID;
    at = readEscape(at + 1);
    if (at === INVALID) return INVALID;
    hasEscape = true;
  }
}

/** The next quote, backslash or control character. */
function findSpecial(from: usize): usize {
  let block = from;
  let found = specials(block);
  while (found === 0) {
    block += 16;
    found = specials(block);
  }
  return block + (ctz(found) as usize);
}

function specials(block: usize): i32 {
  const bytes = v128.load(block);
  const quotes = i8x16.eq(bytes, v128.load(QUOTES));
  const backslashes = i8x16.eq(bytes, v128.load(BACKSLASHES));
  const controls = i8x16.lt_u(bytes, v128.load(SPACES));
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
}

/** Reads what follows a backslash. */
function readEscape(at: usize): usize {
  const byte = load<u8>(at);
  if (byte !== 0x75) return isEscape(byte) ? at + 1 : INVALID;
  for (let digit = at + 1; digit < at + 5; digit += 1) {
    if (!isHexDigit(load<u8>(digit))) return INVALID;
  }
  return at + 5;
}

/** One of " \ / b f n r t */
function isEscape(byte: u8): bool {
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

function isHexDigit(byte: u8): bool {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

export function readNumber(from: usize): usize {
  let at = from;
  if (load<u8>(at) === MINUS) at += 1;
  at = load<u8>(at) === ZERO ? at + 1 : readDigits(at);
  if (at !== INVALID && load<u8>(at) === POINT) at = readDigits(at + 1);
  if (at === INVALID || (load<u8>(at) | 0x20) !== 0x65) return at;
  const sign = load<u8>(at + 1);
  return readDigits(sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
}

/** Reads one digit at least. */
function readDigits(from: usize): usize {
  let at = from;
  while (isDigit(load<u8>(at))) at += 1;
  return at > from ? at : INVALID;
}

function isDigit(byte: u8): bool {
  return byte >= ZERO && byte <= NINE;
}

const TRUE: u32 = 0x65757274;
const FALS: u32 = 0x736c6166;
const NULL: u32 = 0x6c6c756e;

/** Reads `true`, `false` or `null`. */
export function readWord(at: usize): usize {
  const word = load<u32>(at);
  if (word === FALS) return readByte(at + 4, 0x65);
  return word === TRUE || word === NULL ? at + 4 : INVALID;
}

/** Digits that a number holds exactly, whichever they are. */
const EXACT_DIGITS: usize = 15;

/** Whether the text of a whole number is what JavaScript writes for it; -0 is 0. */
export function isCanonicalWhole(from: usize, end: usize): bool {
  const digits = behindMinus(from);
  if (end - digits > EXACT_DIGITS || (digits > from && load<u8>(digits) === ZERO)) return false;
  return isDigits(digits, end);
}

/** Whether the text of a number is what JavaScript writes for it: no exponent, no idle zeros. */
export function isCanonical(from: usize, end: usize): bool {
  if (isCanonicalWhole(from, end)) return true;
  const digits = behindMinus(from);
  let point = digits;
  while (point < end && isDigit(load<u8>(point))) point += 1;
  const decimals = point + 1;
  if (load<u8>(point) !== POINT) return false;
  // A number below 0.000001 is written with an exponent.
  const isSmall = load<u8>(digits) === ZERO && isZeros(decimals, min(decimals + 6, end));
  return (
    end - digits <= EXACT_DIGITS + 1 && isDigits(decimals, end) && load<u8>(end - 1) !== ZERO && !isSmall
  );
}

function behindMinus(from: usize): usize {
  return load<u8>(from) === MINUS ? from + 1 : from;
}

/** Whether there are digits, and nothing else. */
function isDigits(from: usize, end: usize): bool {
  for (let place = from; place < end; place += 1) {
    if (!isDigit(load<u8>(place))) return false;
  }
  return from < end;
}

function isZeros(from: usize, end: usize): bool {
  for (let place = from; place < end; place += 1) {
    if (load<u8>(place) !== ZERO) return false;
  }
  return true;
}
