import {isList, textOf, type Value, type ValueMap} from './value.ts';

/** What a reviver is told of the text it reads: https://github.com/tc39/proposal-json-parse-with-source */
interface Source {
  readonly source?: string;
}

/** JSON text as a value: numbers without fraction or exponent are ints. @throws SyntaxError */
export function fromJson(text: string): Value {
  const revive = (_key: string, value: unknown, {source}: Source): unknown => {
    if (typeof value === 'number') return numberOf(source ?? '');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return new Map(Object.entries(value));
  };
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as Value;
}

function numberOf(source: string): bigint | number {
  if (!/^-?\d+$/.test(source)) return Number(source);
  const whole = BigInt(source);
  return BigInt.asIntN(64, whole) === whole ? whole : Number(source);
}

/**
 * A value as JSON text: bytes become base64, numbers that JSON has not become null.
 * @param indent spaces per level; 0 for one line
 */
export function toJson(value: Value, indent = 0): string {
  return write(value, indent, '\n');
}

function write(value: Value, indent: number, newline: string): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (typeof value === 'number' && !Number.isFinite(value)) return 'null';
  if (typeof value !== 'object') return textOf(value);
  const inner = newline + ' '.repeat(indent);
  if (isList(value)) {
    return bracket(
      '[]',
      value.map((item) => write(item, indent, inner)),
      {indent, newline},
    );
  }
  const colon = indent > 0 ? ': ' : ':';
  const fields = [...(value as ValueMap)].map(
    ([key, item]) => JSON.stringify(key) + colon + write(item, indent, inner),
  );
  return bracket('{}', fields, {indent, newline});
}

function bracket(
  brackets: '[]' | '{}',
  items: readonly string[],
  {indent, newline}: {indent: number; newline: string},
): string {
  const [open = '', close = ''] = brackets;
  if (items.length === 0) return brackets;
  if (indent === 0) return open + items.join(',') + close;
  const inner = newline + ' '.repeat(indent);
  return open + inner + items.join(`,${inner}`) + newline + close;
}
