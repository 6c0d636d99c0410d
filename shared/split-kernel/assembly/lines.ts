import {record} from './records';

export const LINE_FEED: u8 = 0x0a;
const CARRIAGE_RETURN: u8 = 0x0d;
const STEP: usize = 16;

/** Where the line at hand ends, with and without its terminator. */
export let lineEnd: usize = 0;
export let contentEnd: usize = 0;

/** Whether the record at hand is a whole line. A file may end without a line feed. */
export function findLine(end: usize, isLast: bool): bool {
  const lineFeed = findLineFeed(record, end);
  if (lineFeed === end && (!isLast || record === end)) {
    lineEnd = record;
    return false;
  }
  lineEnd = lineFeed === end ? end : lineFeed + 1;
  contentEnd = lineFeed;
  if (lineFeed < end && lineFeed > record && load<u8>(lineFeed - 1) === CARRIAGE_RETURN) contentEnd -= 1;
  return true;
}

/** `end` if there is none. */
function findLineFeed(from: usize, end: usize): usize {
  const wanted = i8x16.splat(LINE_FEED as i8);
  for (let at = from; at < end; at += STEP) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (found !== 0) return min(at + (ctz(found) as usize), end);
  }
  return end;
}

export function getLineEnd(): usize {
  return lineEnd;
}

export function getContentEnd(): usize {
  return contentEnd;
}
