import {createHash, createHmac} from 'node:crypto';
import {crc32c} from '@node-rs/crc32';
import {fromJson, toJson} from '../run/json.ts';
import {failure} from '../run/raised.ts';
import {isMap, type Value} from '../run/value.ts';
import {asBytes, asInt, asText, pure} from './std-function.ts';

/** https://cloud.google.com/workflows/docs/reference/stdlib/overview: `base64`, `hash` and `json`. */
export const encodings = {
  'base64.decode': pure('data padding?', (data) => decodeBase64(asText(data))),
  'base64.encode': pure('data padding?', (data, padding) => {
    const encoded = Buffer.from(asBytes(data)).toString('base64');
    return padding === false ? encoded.replace(/=+$/, '') : encoded;
  }),
  'hash.compute_checksum': pure('data algorithm', (data, algorithm) =>
    checksum(bytesOf(data), asText(algorithm)),
  ),
  'hash.compute_hmac': pure('key data algorithm', (key, data, algorithm) =>
    Uint8Array.from(
      createHmac(digestName(asText(algorithm)), bytesOf(key))
        .update(bytesOf(data))
        .digest(),
    ),
  ),
  'json.decode': pure('data', (data) => decodeJson(bytesOf(data))),
  'json.encode': pure('data indent?', (data, indent) => new TextEncoder().encode(encode(data, indent))),
  'json.encode_to_string': pure('data indent?', (data, indent) => encode(data, indent)),
};

function bytesOf(data: Value): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : asBytes(data);
}

function decodeBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw failure('ValueError', 'base64.decode: malformed text');
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

function decodeJson(bytes: Uint8Array): Value {
  try {
    return fromJson(Buffer.from(bytes).toString());
  } catch {
    throw failure('ValueError', 'json.decode: malformed JSON');
  }
}

/** `indent` is a number of spaces, or a map {indent}. */
function encode(data: Value, indent: Value): string {
  const spaces = isMap(indent) ? (indent.get('indent') ?? null) : indent;
  return toJson(data, spaces === null ? 0 : Number(asInt(spaces)));
}

const DIGESTS = ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512'];

function digestName(algorithm: string): string {
  if (!DIGESTS.includes(algorithm)) throw failure('ValueError', `hash: no such algorithm "${algorithm}"`);
  return algorithm.toLowerCase();
}

function checksum(data: Uint8Array, algorithm: string): Uint8Array {
  if (algorithm !== 'CRC32C') return Uint8Array.from(createHash(digestName(algorithm)).update(data).digest());
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32c(data));
  return Uint8Array.from(bytes);
}
