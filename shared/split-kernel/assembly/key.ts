import {copyBytes, SPARE} from './copy';

const COLON: u8 = 0x3a;
const COMMA: u8 = 0x2c;
const ZERO: u8 = 0x30;

/** Digits of a length, and the two characters around the field. */
const NETSTRING_FRAME: usize = 12;

/** The canonical key of the record at hand, behind the salt. */
export let key: usize = 0;
export let keyLength: usize = 0;

/** Begins with the salt. */
let scratch: usize = 0;
let saltLength: usize = 0;

/**
 * @param fields of a key
 * @param bytes of all of them together
 * @returns where the caller writes the salt
 */
export function allocateKey(salt: usize, fields: usize, bytes: usize): usize {
  saltLength = salt;
  scratch = heap.alloc(salt + fields * NETSTRING_FRAME + bytes + SPARE);
  return scratch;
}

/** Makes one text the key. */
export function setKey(text: usize, length: usize): void {
  if (saltLength === 0) {
    key = text;
    keyLength = length;
    return;
  }
  beginKey();
  append(text, length);
}

/** Makes the bytes that the caller wrote behind the salt the key. */
export function setWrittenKey(length: usize): void {
  key = scratch;
  keyLength = saltLength + length;
}

/** Begins a key of several fields. */
export function beginKey(): void {
  key = scratch;
  keyLength = saltLength;
}

/** Adds a field to the key as a netstring: `<bytes>:<field>,`. */
export function addToKey(text: usize, length: usize): void {
  appendNumber(length);
  appendByte(COLON);
  append(text, length);
  appendByte(COMMA);
}

function append(text: usize, length: usize): void {
  copyBytes(key + keyLength, text, length);
  keyLength += length;
}

function appendByte(byte: u8): void {
  store<u8>(key + keyLength, byte);
  keyLength += 1;
}

function appendNumber(value: usize): void {
  let unit: usize = 1;
  while (value / unit >= 10) unit *= 10;
  for (; unit > 0; unit /= 10) appendByte(ZERO + (((value / unit) % 10) as u8));
}
