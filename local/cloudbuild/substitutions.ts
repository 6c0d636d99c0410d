const VARIABLE = /\$(?:\$|(?<bare>[A-Z_][A-Z0-9_]*)|\{(?<braced>[A-Z_][A-Z0-9_]*)\})/g;

export interface Expanded<T> {
  readonly value: T;
  /** Names that were used but stand for nothing. */
  readonly unknown: readonly string[];
  /** Names of values nobody used. */
  readonly unused: readonly string[];
}

/**
 * Replaces `$NAME` and `${NAME}` in every text of a JSON value; `$$` is a plain dollar. Unknown names become nothing.
 * Source: https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values
 */
export function expandSubstitutions<T>(value: T, values: Readonly<Record<string, string>>): Expanded<T> {
  const used = new Set<string>();
  const text = JSON.stringify(value, (_key, item) => (typeof item === 'string' ? expandText(item) : item));
  return {
    value: JSON.parse(text),
    unknown: [...used].filter((name) => !Object.hasOwn(values, name)),
    unused: Object.keys(values).filter((name) => !used.has(name)),
  };

  function expandText(item: string): string {
    return item.replace(VARIABLE, (_match, ...rest) => {
      const {bare, braced = bare} = rest.at(-1);
      if (braced === undefined) return '$';
      used.add(braced);
      return (Object.hasOwn(values, braced) && values[braced]) || '';
    });
  }
}
