import {failure} from '../run/raised.ts';
import {mapOf, type Value} from '../run/value.ts';
import {asBytes, asInt, asText, pure} from './std-function.ts';

/** https://cloud.google.com/workflows/docs/reference/stdlib/text */
export const text = {
  'text.decode': pure('data charset?', (data, charset) => decode(asBytes(data), charsetOf(charset))),
  'text.encode': pure('text charset?', (source, charset) => {
    if (charsetOf(charset) !== 'utf-8') throw failure('ValueError', 'text.encode: only UTF-8');
    return new TextEncoder().encode(asText(source));
  }),
  'text.find_all': pure('source substr', (source, substr) => findAll(asText(source), asText(substr))),
  'text.find_all_regex': pure('source regexp', (source, regexp) =>
    [...asText(source).matchAll(patternOf(regexp))].map(({index, 0: match}) =>
      mapOf({index: BigInt(index), match}),
    ),
  ),
  'text.match_regex': pure('source regexp', (source, regexp) => patternOf(regexp).test(asText(source))),
  'text.replace_all': pure('source substr repl', (source, substr, repl) =>
    asText(source).replaceAll(asText(substr), () => asText(repl)),
  ),
  'text.replace_all_regex': pure('source regexp repl', (source, regexp, repl) =>
    asText(source).replaceAll(patternOf(regexp), replacementOf(asText(repl))),
  ),
  'text.split': pure('source separator', (source, separator) => asText(source).split(asText(separator))),
  'text.substring': pure('source start end', (source, start, end) =>
    substring([...asText(source)], asInt(start), asInt(end)),
  ),
  'text.to_lower': pure('input', (input) => asText(input).toLowerCase()),
  'text.to_upper': pure('input', (input) => asText(input).toUpperCase()),
  'text.url_decode': pure('source', (source) => urlDecode(asText(source))),
  'text.url_encode': pure('source', (source) => urlEncode(asText(source))),
  'text.url_encode_plus': pure('source', (source) => urlEncode(asText(source)).replaceAll('%20', '+')),
};

function charsetOf(charset: Value): string {
  return charset === null ? 'utf-8' : asText(charset).toLowerCase();
}

function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset, {fatal: true}).decode(bytes);
  } catch {
    throw failure('ValueError', `text.decode: not ${charset} text`);
  }
}

function findAll(source: string, part: string): Value[] {
  const found: Value[] = [];
  for (let at = source.indexOf(part); at >= 0; at = source.indexOf(part, at + Math.max(1, part.length))) {
    found.push(BigInt(at));
    if (at >= source.length) break;
  }
  return found;
}

/** RE2 and JavaScript agree on what patterns commonly use. */
function patternOf(regexp: Value): RegExp {
  try {
    return new RegExp(asText(regexp), 'gu');
  } catch {
    throw failure('ValueError', `invalid regular expression: ${regexp}`);
  }
}

/** Groups are written `\1` in RE2, `$1` in JavaScript. */
function replacementOf(repl: string): string {
  return repl
    .replaceAll('$', '$$$$')
    .replaceAll(/\\(\d)/g, (_, group: string) => `$${group === '0' ? '&' : group}`);
}

function substring(characters: readonly string[], start: bigint, end: bigint): string {
  if (start < 0n || end > BigInt(characters.length) || start > end) {
    throw failure('IndexError', `text.substring: ${start} to ${end} is out of range`);
  }
  return characters.slice(Number(start), Number(end)).join('');
}

function urlEncode(source: string): string {
  return encodeURIComponent(source).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function urlDecode(source: string): string {
  try {
    return decodeURIComponent(source.replaceAll('+', ' '));
  } catch {
    throw failure('ValueError', `text.url_decode: malformed "${source}"`);
  }
}
