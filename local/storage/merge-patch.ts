/**
 * Applies a JSON merge patch to the optional fields of a resource: null takes a field away, maps merge, everything else
 * replaces. A map left empty goes too, as resources never show one.
 * @see https://www.rfc-editor.org/rfc/rfc7396
 */
export function mergePatch<T extends object>(target: T, patch: object): T {
  const merged = new Map<string, unknown>(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    const old = merged.get(name);
    const next = isMap(value) ? mergePatch(isMap(old) ? old : {}, value) : value;
    if (next === null || (isMap(next) && Object.keys(next).length === 0)) merged.delete(name);
    else merged.set(name, next);
  }
  return Object.fromEntries(merged) as T;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
