/** One value that is not what was written down. */
export interface Difference {
  /** E.g. `parts.training.rows`. */
  readonly field: string;
  readonly written: unknown;
  readonly found: unknown;
}

/** Where two JSON values differ, field by field in the order they are written; an absent one is undefined. */
export function differencesBetween(written: unknown, found: unknown, field = ''): readonly Difference[] {
  const fieldsWritten = fieldsOf(written);
  const fieldsFound = fieldsOf(found);
  if (fieldsWritten === undefined || fieldsFound === undefined) {
    return Object.is(written, found) ? [] : [{field, written, found}];
  }
  const names = new Set([...fieldsWritten.keys(), ...fieldsFound.keys()]);
  return [...names].flatMap((name) =>
    differencesBetween(
      fieldsWritten.get(name),
      fieldsFound.get(name),
      field === '' ? name : `${field}.${name}`,
    ),
  );
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}
