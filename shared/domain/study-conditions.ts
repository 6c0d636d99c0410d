/** What a condition can ask of a parameter, and the condition it is under itself. */
interface Conditional {
  readonly double?: readonly number[] | undefined;
  readonly integer?: readonly [number, number] | undefined;
  readonly discrete?: readonly number[] | undefined;
  readonly categorical?: readonly string[] | undefined;
  /** Its one key is another parameter, with the values under which this one is used. */
  readonly when?: Readonly<Record<string, readonly (number | string)[]>> | undefined;
}

interface ConditionFault {
  readonly parameter: string;
  readonly message: string;
}

/** Conditions that can never hold, one sentence part for each parameter that has one. */
export function conditionFaults(parameters: Readonly<Record<string, Conditional>>): ConditionFault[] {
  const byName = new Map(Object.entries(parameters));
  return [...byName.keys()].flatMap((parameter) => {
    const message = faultOf(parameter, byName);
    return message === undefined ? [] : [{parameter, message}];
  });
}

function faultOf(name: string, parameters: ReadonlyMap<string, Conditional>): string | undefined {
  const [condition] = Object.entries(parameters.get(name)?.when ?? {});
  if (condition === undefined) return undefined;
  const [parentName, values] = condition;
  const parent = parameters.get(parentName);
  if (parent === undefined) return `there is no parameter ${parentName}`;
  if (ancestorsOf(name, parameters).has(name)) return `${name} depends on itself`;
  if (parent.double !== undefined) return `${parentName} is a range of doubles, which has no single values`;
  if (new Set(values).size < values.length) return 'names a value twice';
  const impossible = values.find((value) => !canBe(parent, value));
  return impossible === undefined ? undefined : `${parentName} is never ${impossible}`;
}

/** All parameters that must have a value for this one to have one. */
function ancestorsOf(name: string, parameters: ReadonlyMap<string, Conditional>): ReadonlySet<string> {
  const found = new Set<string>();
  let [above] = Object.keys(parameters.get(name)?.when ?? {});
  while (above !== undefined && !found.has(above)) {
    found.add(above);
    [above] = Object.keys(parameters.get(above)?.when ?? {});
  }
  return found;
}

function canBe({integer, discrete, categorical}: Conditional, value: number | string): boolean {
  if (typeof value === 'string') return categorical?.includes(value) ?? false;
  if (integer === undefined) return discrete?.includes(value) ?? false;
  return Number.isInteger(value) && integer[0] <= value && value <= integer[1];
}
