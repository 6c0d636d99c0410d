import {notSupported, type Token, tokensOf} from './sql-tokens.ts';

type Captures = Readonly<Record<string, string>>;

/** Walks through a statement by templates. In a template `@name` stands for a literal or a quoted name; its value is captured. */
export class SqlReader {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(sql: string) {
    this.#sql = sql;
    this.#tokens = tokensOf(sql);
  }

  /** @throws ApiError INVALID_ARGUMENT that names the place where the statement goes another way */
  take(template: string): Captures {
    const {captures, matched, isWhole} = this.#match(template);
    if (!isWhole) throw notSupported(this.#sql, this.#tokens[this.#next + matched]?.at ?? this.#sql.length);
    this.#next += matched;
    return captures;
  }

  /** The captures when the statement goes on like this; undefined, and nothing is taken, when it does not. */
  takeIf(template: string): Captures | undefined {
    const {captures, matched, isWhole} = this.#match(template);
    if (!isWhole) return undefined;
    this.#next += matched;
    return captures;
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token !== undefined) throw notSupported(this.#sql, token.at);
  }

  #match(template: string): {captures: Captures; matched: number; isWhole: boolean} {
    const captures: Record<string, string> = {};
    let matched = 0;
    for (const wanted of tokensOf(template)) {
      const found = this.#tokens[this.#next + matched];
      if (found === undefined || !fits(found, wanted)) return {captures, matched, isWhole: false};
      if (wanted.value.startsWith('@')) captures[wanted.value.slice(1)] = found.value;
      matched += 1;
    }
    return {captures, matched, isWhole: true};
  }
}

function fits(found: Token, wanted: Token): boolean {
  if (wanted.kind === 'symbol' && wanted.value.startsWith('@'))
    return found.kind === 'text' || found.kind === 'name' || found.kind === 'number';
  return found.kind === wanted.kind && found.value === wanted.value;
}
