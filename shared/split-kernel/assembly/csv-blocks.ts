import {sixteen} from './sixteen';

// Sixty-four bytes of CSV at a time, as masks with one bit for each byte.

const QUOTE: u8 = 0x22;
const LINE_FEED: u8 = 0x0a;
const CARRIAGE_RETURN: u8 = 0x0d;

const QUOTES = sixteen(QUOTE);
const LINE_FEEDS = sixteen(LINE_FEED);
const RETURNS = sixteen(CARRIAGE_RETURN);

export const BLOCK: usize = 64;

/** What the last byte leaves open. After AFTER_QUOTE, a quote inside quotes, the field has ended or that quote was the first of an escaped two. */
const FIELD_START: u32 = 0;
const PLAIN: u32 = 1;
const QUOTED: u32 = 2;
const AFTER_QUOTE: u32 = 3;

/** Delimiters that separate fields. */
export let delimiters: u64 = 0;
/** Line feeds and carriage returns outside quotes. */
export let ends: u64 = 0;
/** Bytes that follow the closing quote of a field and may not. */
export let strays: u64 = 0;
/** Line feeds inside quotes. */
export let quotedLineFeeds: u64 = 0;

let delimiter: u8 = 0;
let state: u32 = FIELD_START;

export function setDelimiter(byte: u8): void {
  delimiter = byte;
}

/** To be called where a record begins and the block before was not read. */
export function beginText(): void {
  state = FIELD_START;
}

export function isInsideQuotes(): bool {
  return state === QUOTED;
}

/** Reads the block after the one read before, as far as `end`. Up to 64 bytes beyond are loaded, but not looked at. */
export function readBlock(block: usize, end: usize): void {
  const a = v128.load(block);
  const b = v128.load(block, 16);
  const c = v128.load(block, 32);
  const d = v128.load(block, 48);
  const separator = i8x16.splat(delimiter as i8);
  delimiters = joined(
    i8x16.eq(a, separator),
    i8x16.eq(b, separator),
    i8x16.eq(c, separator),
    i8x16.eq(d, separator),
  );
  const feed = v128.load(LINE_FEEDS);
  const carriage = v128.load(RETURNS);
  ends = joined(
    isEither(a, feed, carriage),
    isEither(b, feed, carriage),
    isEither(c, feed, carriage),
    isEither(d, feed, carriage),
  );
  const quote = v128.load(QUOTES);
  let quotes = joined(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
  let valid = u64.MAX_VALUE;
  if (end - block < BLOCK) {
    valid = bitsBelow(end - block);
    delimiters &= valid;
    ends &= valid;
    quotes &= valid;
  }
  strays = 0;
  quotedLineFeeds = 0;
  if (quotes === 0 && state < QUOTED) {
    state = (delimiters | ends) >> 63 ? FIELD_START : PLAIN;
    return;
  }
  if (!readQuotes(quotes, valid)) readByteByByte(block, min(end, block + BLOCK));
  quotedLineFeeds =
    joined(i8x16.eq(a, feed), i8x16.eq(b, feed), i8x16.eq(c, feed), i8x16.eq(d, feed)) & valid & ~ends;
}

/**
 * Takes what is inside quotes out of the masks; false, having changed nothing, when quotes do not come in pairs around whole fields.
 * Between an opening quote and the next one all is text; a quote right after a closing one opens again, so an escaped quote needs no care.
 */
function readQuotes(quotes: u64, valid: u64): bool {
  const inside = parityAt(quotes) ^ (state === QUOTED ? u64.MAX_VALUE : 0);
  const separators = (delimiters | ends) & ~inside;
  const closing = quotes & ~inside;
  const opening = quotes & inside;
  const afterClosing = (closing << 1) | (state === AFTER_QUOTE ? 1 : 0);
  const afterSeparator = (separators << 1) | (state === FIELD_START ? 1 : 0);
  if (opening & ~(afterSeparator | afterClosing)) return false;
  if (afterClosing & ~(separators | opening) & valid) return false;
  delimiters &= ~inside;
  ends &= ~inside;
  if (inside >> 63) state = QUOTED;
  else if (closing >> 63) state = AFTER_QUOTE;
  else state = separators >> 63 ? FIELD_START : PLAIN;
  return true;
}

/** For fields such as `5" pipe` and `"a"b`, where a quote is not what it seems. */
function readByteByByte(block: usize, end: usize): void {
  let isText: u64 = 0;
  let bit: u64 = 1;
  for (let at = block; at < end; at += 1) {
    const isQuote = load<u8>(at) === QUOTE;
    if (state === QUOTED) {
      isText |= bit;
      if (isQuote) state = AFTER_QUOTE;
    } else {
      const before = state;
      state = stateAfter(isQuote, ((delimiters | ends) & bit) !== 0);
      if (before === AFTER_QUOTE && state === PLAIN) strays |= bit;
    }
    bit <<= 1;
  }
  delimiters &= ~isText;
  ends &= ~isText;
}

/** The state after a byte outside quotes. */
function stateAfter(isQuote: bool, isSeparator: bool): u32 {
  if (isSeparator) return FIELD_START;
  return isQuote && state !== PLAIN ? QUOTED : PLAIN;
}

/** Bit by bit, whether an odd number of bits is set up to there. */
function parityAt(bits: u64): u64 {
  let parity = bits ^ (bits << 1);
  parity ^= parity << 2;
  parity ^= parity << 4;
  parity ^= parity << 8;
  parity ^= parity << 16;
  return parity ^ (parity << 32);
}

function isEither(bytes: v128, one: v128, other: v128): v128 {
  return v128.or(i8x16.eq(bytes, one), i8x16.eq(bytes, other));
}

function joined(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (i8x16.bitmask(a) as u64) | ((i8x16.bitmask(b) as u64) << 16);
  const high = (i8x16.bitmask(c) as u64) | ((i8x16.bitmask(d) as u64) << 16);
  return low | (high << 32);
}

/** @param count below 64 */
function bitsBelow(count: usize): u64 {
  return ((1 as u64) << (count as u64)) - 1;
}
