/**
 * `JSON_VALUE(json, path)`: the scalar at a path of quoted names, as it is written there; null when there is none or the text is no JSON.
 * Of two equal names the last counts here; BigQuery promises nothing about them.
 */
export function jsonValue(json: string, path: string): string | null {
  const names = Array.from(path.matchAll(/\."([^"]*)"/g), ([, name = '']) => name);
  let value: unknown = parsed(json);
  for (const name of names) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return null;
    value = value[name];
  }
  if (value instanceof WrittenNumber) return value.text;
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
}

class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Numbers stay as they are written. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json, (_, value: unknown, {source = ''}: {source?: string} = {}) =>
      typeof value === 'number' ? new WrittenNumber(source) : value,
    );
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber)
  );
}
