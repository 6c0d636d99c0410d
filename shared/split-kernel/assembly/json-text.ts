// The tokens of JSON text (RFC 8259) that is followed by a line feed: no token contains one, so none is read beyond the line.

const TAB: u8 = 0x09;
const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const ZERO: u8 = 0x30;
const NINE: u8 = 0x39;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;

/** The byte that is read next. */
export let at: usize = 0;
/** Whether the string that was read last has escapes. */
export let hasEscape = false;

export function readFrom(place: usize): void {
  at = place;
}

export function peek(): u8 {
  return load<u8>(at);
}

/** Reads one character of the grammar; false when another one stands there. */
export function readByte(byte: u8): bool {
  if (load<u8>(at) !== byte) return false;
  at += 1;
  return true;
}

/** Line breaks, which are white space too, end the line. */
export function skipSpace(): void {
  while (load<u8>(at) === SPACE || load<u8>(at) === TAB) at += 1;
}

/** Reads a string with its quotes; false when it is not valid. */
export function readString(): bool {
  if (!readByte(QUOTE)) return false;
  hasEscape = false;
  while (true) {
    at = findSpecial(at);
    const byte = load<u8>(at);
    at += 1;
    if (byte === QUOTE) return true;
    if (byte !== BACKSLASH || !readEscape()) return false;
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
  const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE as i8));
  const backslashes = i8x16.eq(bytes, i8x16.splat(BACKSLASH as i8));
  const controls = i8x16.lt_u(bytes, i8x16.splat(SPACE as i8));
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
}

/** Reads what follows a backslash. */
function readEscape(): bool {
  const byte = load<u8>(at);
  at += 1;
  if (byte === 0x75) return readHexDigit() && readHexDigit() && readHexDigit() && readHexDigit();
  return isEscape(byte);
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

function readHexDigit(): bool {
  const byte = load<u8>(at);
  at += 1;
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

/** Reads a number; false when it is not valid. */
export function readNumber(): bool {
  if (load<u8>(at) === MINUS) at += 1;
  if (load<u8>(at) === ZERO) at += 1;
  else if (!readDigits()) return false;
  if (load<u8>(at) === POINT) {
    at += 1;
    if (!readDigits()) return false;
  }
  if ((load<u8>(at) | 0x20) !== 0x65) return true;
  at += 1;
  const sign = load<u8>(at);
  if (sign === MINUS || sign === 0x2b) at += 1;
  return readDigits();
}

function readDigits(): bool {
  const start = at;
  while (isDigit(load<u8>(at))) at += 1;
  return at > start;
}

function isDigit(byte: u8): bool {
  return byte >= ZERO && byte <= NINE;
}

const TRUE: u32 = 0x65757274;
const FALS: u32 = 0x736c6166;
const NULL: u32 = 0x6c6c756e;

/** Reads `true`, `false` or `null`. */
export function readWord(): bool {
  const word = load<u32>(at);
  if (word === FALS) {
    at += 4;
    return readByte(0x65);
  }
  at += 4;
  return word === TRUE || word === NULL;
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
