import {fromJson} from './run/json.ts';
import type {Value} from './run/value.ts';

/** What a workflow sees of a body: JSON as a value, text as a string, all else as bytes. Undefined for malformed JSON. */
export function decodeBody(bytes: Uint8Array, type: string): Value | undefined {
  const isJson = /^application\/([\w.-]+\+)?json\b/i.test(type);
  if (bytes.length === 0) return isJson ? null : '';
  if (!isJson) return /^text\//i.test(type) ? Buffer.from(bytes).toString() : bytes;
  try {
    return fromJson(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
