import type {Parameter} from './study.ts';
import type {Trial} from './trial.ts';

/** The first parameter that a trial lacks though no condition says so, or has with a value of another type. */
export function oddParameter(
  {parameters}: Pick<Trial, 'parameters'>,
  asked: Readonly<Record<string, Pick<Parameter, 'categorical' | 'when'>>>,
): string | undefined {
  return Object.keys(asked).find((name) => {
    const {categorical, when} = asked[name] ?? {};
    const value = parameters[name];
    if (value === undefined) return when === undefined;
    return categorical === undefined ? !Number.isFinite(value) : typeof value !== 'string';
  });
}
