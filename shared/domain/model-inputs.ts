import type {Profile} from './profile/profile.ts';

/** One column that a model looks at. */
export interface ModelInput {
  readonly name: string;
  /** What all training rows hold there, as far as it is known: rows beyond the profile's sample may hold anything. */
  readonly holds: 'numbers' | 'text' | 'anything';
  /** Do training rows lack it, too? */
  readonly mayLack: boolean;
}

/** What a version was trained on, and so what it has to be asked with. */
export interface ModelInputs {
  readonly label: string;
  /** In the order of the training data, without the label. */
  readonly columns: readonly ModelInput[];
}

/**
 * @param columns of the training data, the label among them
 * @param profile undefined when nobody has kept it: then only names are known
 */
export function modelInputsOf(
  columns: readonly string[],
  label: string,
  profile: Profile | undefined,
): ModelInputs {
  const profiles = new Map(profile?.columns.map((column) => [column.name, column]));
  const inputs = columns
    .filter((name) => name !== label)
    .map((name): ModelInput => {
      const column = profiles.get(name);
      if (column === undefined) return {name, holds: 'anything', mayLack: true};
      const mayLack = column.missing > 0 || !profile?.sample.isWhole;
      return {name, holds: holdsOf(column.type, profile?.sample.isWhole ?? false), mayLack};
    });
  return {label, columns: inputs};
}

function holdsOf(type: Profile['columns'][number]['type'], isWhole: boolean): ModelInput['holds'] {
  if (type === 'text') return 'text';
  return type === 'number' && isWhole ? 'numbers' : 'anything';
}
