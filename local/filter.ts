import {ApiError} from './api-error.ts';

/** One `field op value` of a filter. A bare word or a quoted string is the value; `field` is the dotted path. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly field: string;
  readonly operator: '=' | '!=' | ':' | '<' | '<=' | '>' | '>=';
  readonly value: string;
}

export type Test<T> = (subject: T) => boolean;

type Filter =
  | Comparison
  | {readonly kind: 'and' | 'or'; readonly parts: readonly Filter[]}
  | {readonly kind: 'not'; readonly part: Filter};

const TOKEN = /\s*(?:(?<symbol>[()]|!=|[<>]=?|[=:])|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s()!=<>:"]+))/y;

interface Token {
  readonly kind: 'symbol' | 'quoted' | 'word';
  readonly text: string;
}

/**
 * Compiles the filter language shared by Google's list methods and log sinks (https://google.aip.dev/160):
 * comparisons joined by NOT, OR and AND, which bind in that order, and parentheses.
 * `compile` gives each comparison its meaning and throws for those it does not offer.
 * @throws ApiError INVALID_ARGUMENT for everything else, functions and bare search words included.
 */
export function compileFilter<T>(text: string, compile: (comparison: Comparison) => Test<T>): Test<T> {
  return testOf(parseFilter(text), compile);
}

function parseFilter(text: string): Filter {
  const tokens = tokensOf(text);
  let at = 0;

  const fail = (): never => {
    const near = tokens[at]?.text ?? 'the end';
    throw new ApiError('INVALID_ARGUMENT', `Unparseable filter: syntax error near "${near}" in: ${text}`);
  };
  const next = (): Token => tokens[at++] ?? fail();
  const take = (kind: Token['kind'], word: string): boolean => {
    const found = tokens[at]?.kind === kind && tokens[at]?.text === word;
    if (found) at += 1;
    return found;
  };
  const joined = (kind: 'and' | 'or', word: string, part: () => Filter): Filter => {
    const parts = [part()];
    while (take('word', word)) parts.push(part());
    return parts.length > 1 ? {kind, parts} : (parts[0] ?? fail());
  };
  const conjunction = (): Filter => joined('and', 'AND', () => joined('or', 'OR', term));
  const term = (): Filter => {
    if (take('word', 'NOT')) return {kind: 'not', part: term()};
    if (!take('symbol', '(')) return comparison();
    const inner = conjunction();
    return take('symbol', ')') ? inner : fail();
  };
  const comparison = (): Comparison => {
    const field = tokens[at]?.kind === 'word' ? next().text : fail();
    const operator = isOperator(tokens[at]) ? (next().text as Comparison['operator']) : fail();
    const value = tokens[at]?.kind === 'symbol' ? fail() : next().text;
    return {kind: 'comparison', field, operator, value};
  };

  const filter = conjunction();
  return at === tokens.length ? filter : fail();
}

function testOf<T>(filter: Filter, compile: (comparison: Comparison) => Test<T>): Test<T> {
  if (filter.kind === 'comparison') return compile(filter);
  if (filter.kind === 'not') {
    const test = testOf(filter.part, compile);
    return (subject) => !test(subject);
  }
  const tests = filter.parts.map((part) => testOf(part, compile));
  return filter.kind === 'and'
    ? (subject) => tests.every((test) => test(subject))
    : (subject) => tests.some((test) => test(subject));
}

function isOperator(token: Token | undefined): boolean {
  return token?.kind === 'symbol' && token.text !== '(' && token.text !== ')';
}

function tokensOf(text: string): Token[] {
  const source = text.trimEnd();
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex;
    const {symbol, quoted, word} = TOKEN.exec(source)?.groups ?? {};
    if (symbol !== undefined) tokens.push({kind: 'symbol', text: symbol});
    else if (quoted !== undefined) tokens.push({kind: 'quoted', text: quoted.replace(/\\(.)/gs, '$1')});
    else if (word !== undefined) tokens.push({kind: 'word', text: word});
    else {
      throw new ApiError(
        'INVALID_ARGUMENT',
        `Unparseable filter: syntax error at character ${start} in: ${text}`,
      );
    }
  }
  return tokens;
}

/**
 * The meaning of a comparison of an instant.
 * @throws ApiError INVALID_ARGUMENT when the value is no instant, or for `:`
 */
export function timeTest<T>(
  comparison: Comparison,
  read: (subject: T) => string | null | undefined,
): Test<T> {
  const wanted = Date.parse(comparison.value);
  if (Number.isNaN(wanted)) throw unsupported(comparison);
  const time = (subject: T) => Date.parse(read(subject) ?? '');
  switch (comparison.operator) {
    case '=':
      return (subject) => time(subject) === wanted;
    case '!=':
      return (subject) => time(subject) !== wanted;
    case '<':
      return (subject) => time(subject) < wanted;
    case '<=':
      return (subject) => time(subject) <= wanted;
    case '>':
      return (subject) => time(subject) > wanted;
    case '>=':
      return (subject) => time(subject) >= wanted;
    case ':':
      throw unsupported(comparison);
  }
}

/** What a list method answers to a comparison that it does not offer. */
export function unsupported({field, operator, value}: Comparison): ApiError {
  return new ApiError('INVALID_ARGUMENT', `List filter does not support: ${field}${operator}"${value}"`);
}
