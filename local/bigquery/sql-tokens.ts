import {ApiError} from '../api-error.ts';

export interface Token {
  readonly kind: 'word' | 'symbol' | 'number' | 'text' | 'name';
  /** A literal's or a quoted name's value, else the text as it stands. */
  readonly value: string;
  readonly at: number;
}

const TOKEN =
  /\s+|(?<raw>r'[^'\n]*')|(?<text>'(?:[^'\\\n]|\\.)*')|(?<name>`[^`\n]+`)|(?<number>\d+)|(?<hole>@\w+)|(?<word>[A-Za-z_]\w*)|(?<symbol>!=|[()[\],.=>-])/uy;

/** @see https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (let at = 0; at < sql.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const groups = pattern.exec(sql)?.groups;
    if (groups === undefined) throw notSupported(sql, at);
    const token = tokenOf(groups, at);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function tokenOf(
  {raw, text, name, number, hole, word, symbol}: Readonly<Record<string, string | undefined>>,
  at: number,
): Token | undefined {
  if (raw !== undefined) return {kind: 'text', value: raw.slice(2, -1), at};
  if (text !== undefined) return {kind: 'text', value: unescaped(text.slice(1, -1)), at};
  if (name !== undefined) return {kind: 'name', value: name.slice(1, -1), at};
  if (number !== undefined) return {kind: 'number', value: number, at};
  if (word !== undefined) return {kind: 'word', value: word, at};
  const other = symbol ?? hole;
  return other === undefined ? undefined : {kind: 'symbol', value: other, at};
}

const ESCAPES: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t'};

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|(.))/gsu,
    (_, code: string | undefined, character: string) =>
      code === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** In BigQuery's words, with line and column from 1. */
export function notSupported(sql: string, at: number): ApiError {
  const before = sql.slice(0, at).split('\n');
  const place = `[${before.length}:${(before.at(-1)?.length ?? 0) + 1}]`;
  const excerpt = JSON.stringify(sql.slice(at, at + 20));
  return new ApiError('INVALID_ARGUMENT', `Not supported by the stand-in: ${excerpt} at ${place}`, {
    reason: 'invalidQuery',
  });
}
