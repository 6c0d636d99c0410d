import {
  BLOCK,
  beginText,
  delimiters,
  ends,
  isInsideQuotes,
  quotedLineFeeds,
  readBlock,
  strays,
} from './csv-blocks';
import {decode, text, textLength} from './csv-field';
import {beginFields, endFields, fieldEnd, fieldStart, passDelimiters} from './csv-places';
import {addToKey, beginKey, key, keyLength, setKey} from './key';
import {countLabel} from './labels';
import {beginRecords, line, nextRecord, record} from './records';
import {reject, route} from './streams';

const LINE_FEED: u8 = 0x0a;

/** The reason of a reject with text behind a closing quote; that of others is the number of their fields. */
const BROKEN: u32 = 0;

let columns: u32 = 0;
let labelPlace: u32 = 0;
/** Places of the key's fields; none of them when the whole row is the key. */
let keyPlaces = new StaticArray<u32>(0);
let keyFields = 0;

/** Of the record so far. */
let isBroken = false;
let innerLines: u32 = 0;

/** @param fields of the key; 0 when the whole row is the key */
export function setColumns(count: u32, label: u32, fields: i32): void {
  columns = count;
  labelPlace = label;
  keyPlaces = new StaticArray<u32>(fields);
}

export function addKeyPlace(place: u32): void {
  unchecked((keyPlaces[keyFields] = place));
  keyFields += 1;
}

/**
 * Routes the records of some CSV, which begins with one.
 * @param isLast whether the file ends there, so that the last record needs no line terminator
 * @returns where the first record begins that is not whole
 */
export function routeCsv(from: usize, end: usize, isLast: bool): usize {
  beginText();
  beginRecords(from);
  beginRecord();
  for (let block = from; block < end; block += BLOCK) {
    readBlock(block, end);
    endRecords(block, end, isLast);
  }
  if (isLast && record < end && !isInsideQuotes()) endRecord(end, end);
  return record;
}

function beginRecord(): void {
  beginFields(record);
  isBroken = false;
  innerLines = 0;
}

/** Ends the records that end in the block that was read last. */
function endRecords(block: usize, end: usize, isLast: bool): void {
  let rest = u64.MAX_VALUE;
  for (let left = ends; left !== 0; left &= left - 1) {
    const at = block + (ctz(left) as usize);
    // The second half of a CRLF.
    if (at < record) continue;
    const terminator = terminatorLength(at, end, isLast);
    if (terminator === 0) break;
    const before = (left & (0 - left)) - 1;
    goOn(block, rest & before);
    endRecord(at, at + terminator);
    rest = ~before;
  }
  goOn(block, rest);
}

/** Adds bytes of the block, those whose bits are set, to the record. */
function goOn(block: usize, bytes: u64): void {
  passDelimiters(block, delimiters & bytes);
  if (strays & bytes) isBroken = true;
  innerLines += popcnt(quotedLineFeeds & bytes) as u32;
}

/** 0 when nobody knows yet how the file goes on after a carriage return. */
function terminatorLength(at: usize, end: usize, isLast: bool): usize {
  if (load<u8>(at) === LINE_FEED) return 1;
  if (at + 1 === end) return isLast ? 1 : 0;
  return load<u8>(at + 1) === LINE_FEED ? 2 : 1;
}

/** @param contentEnd where its line terminator begins, if it has one */
function endRecord(contentEnd: usize, end: usize): void {
  if (contentEnd > record) routeRecord(contentEnd, end);
  nextRecord(end, innerLines + 1);
  beginRecord();
}

function routeRecord(contentEnd: usize, end: usize): void {
  const fields = endFields(contentEnd);
  if (isBroken || fields !== columns) {
    reject(record, end, line, isBroken ? BROKEN : fields);
    return;
  }
  readKey(contentEnd);
  const part = route(record, end, key, keyLength);
  decode(fieldStart(labelPlace), fieldEnd(labelPlace));
  countLabel(part, text, textLength);
}

function readKey(contentEnd: usize): void {
  if (keyFields === 0) {
    setKey(record, contentEnd - record);
    return;
  }
  if (keyFields > 1) beginKey();
  for (let index = 0; index < keyFields; index += 1) {
    const place = unchecked(keyPlaces[index]);
    decode(fieldStart(place), fieldEnd(place));
    if (keyFields > 1) addToKey(text, textLength);
    else setKey(text, textLength);
  }
}
