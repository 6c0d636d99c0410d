import {readLine, valueLength, valueStart} from './json-object';
import {countPaths} from './json-paths';
import {addToKey, beginKey, key, keyLength, setKey, setWrittenKey} from './key';
import {countLabel} from './labels';
import {contentEnd, findLine, LINE_FEED, lineEnd} from './lines';
import {beginRecords, line, nextRecord, record} from './records';
import {reject, route} from './streams';

/** The label's path; those behind it are the key's, none of them when the whole line is the key. */
const LABEL = 0;

/**
 * Routes lines as far as the first that the caller has to read: then `getLineEnd` is behind the place returned.
 * @param isLast whether the file ends there, so that the last line needs no line feed
 * @returns where the first line begins that was not routed
 */
export function routeJsonl(from: usize, end: usize, isLast: bool): usize {
  beginRecords(from);
  store<u8>(end, LINE_FEED);
  while (findLine(end, isLast)) {
    if (contentEnd > record && !routeObject()) break;
    nextRecord(lineEnd, 1);
  }
  return record;
}

function routeObject(): bool {
  if (!readLine(record, contentEnd)) return false;
  readKey();
  const part = route(record, lineEnd, key, keyLength);
  countLabel(part, valueStart(LABEL), valueLength(LABEL));
  return true;
}

function readKey(): void {
  const fields = countPaths() - 1;
  if (fields === 0) setKey(record, contentEnd - record);
  else if (fields === 1) setKey(valueStart(1), valueLength(1));
  else {
    beginKey();
    for (let path = 1; path <= fields; path += 1) addToKey(valueStart(path), valueLength(path));
  }
}

/** Routes the line at hand, whose canonical key lies behind the salt. */
export function routeLine(keyBytes: usize, label: usize, labelBytes: usize): void {
  setWrittenKey(keyBytes);
  const part = route(record, lineEnd, key, keyLength);
  countLabel(part, label, labelBytes);
  nextRecord(lineEnd, 1);
}

/** Sends the line at hand to the rejects. */
export function rejectLineAtHand(reason: u32): void {
  reject(record, lineEnd, line, reason);
  nextRecord(lineEnd, 1);
}
