import {SPARE} from './copy';
import {MAX_RECORD_BYTES} from './records';

const QUOTE: u8 = 0x22;

/** For fields that have to be written anew. */
const scratch = heap.alloc(MAX_RECORD_BYTES + SPARE);

/** The field that was decoded last. */
export let text: usize = 0;
export let textLength: usize = 0;

/** Decodes a field that is not broken: without its quotes, `""` within them as `"`. */
export function decode(at: usize, end: usize): void {
  text = at;
  textLength = end - at;
  if (at === end || load<u8>(at) !== QUOTE) return;
  text += 1;
  textLength -= 2;
  if (hasQuote(text, textLength)) joinQuotes();
}

function hasQuote(at: usize, length: usize): bool {
  for (let from = at; from < at + length; from += 1) {
    if (load<u8>(from) === QUOTE) return true;
  }
  return false;
}

function joinQuotes(): void {
  const end = text + textLength;
  let written = scratch;
  for (let from = text; from < end; from += 1, written += 1) {
    const byte = load<u8>(from);
    store<u8>(written, byte);
    if (byte === QUOTE) from += 1;
  }
  text = scratch;
  textLength = written - scratch;
}
