import type {ParameterSpec} from '../types.ts';

export type Value = number | string;

/** The parameter's value at `unit` of its scale, `unit` in [0, 1]. Each integer and each listed value has an equal share on a linear scale. */
export function valueAt(spec: ParameterSpec, unit: number): Value {
  const {doubleValueSpec, integerValueSpec, scaleType} = spec;
  if (doubleValueSpec) {
    return between(Number(doubleValueSpec.minValue), Number(doubleValueSpec.maxValue), unit, scaleType);
  }
  if (integerValueSpec) {
    const [lowest, highest] = [Number(integerValueSpec.minValue), Number(integerValueSpec.maxValue)];
    // Up to, not including, the next integer: so that the highest is as likely as its neighbours.
    return clamp(Math.floor(between(lowest, highest + 1, unit, scaleType)), lowest, highest);
  }
  const values = listedValues(spec);
  return values[Math.min(Math.floor(unit * values.length), values.length - 1)] ?? '';
}

/** Where on its scale a value stands: `valueAt` gives it back. Integers and listed values stand in the middle of their share. */
export function unitOf(spec: ParameterSpec, value: Value): number {
  const {doubleValueSpec, integerValueSpec, scaleType} = spec;
  if (doubleValueSpec) {
    const [lowest, highest] = [Number(doubleValueSpec.minValue), Number(doubleValueSpec.maxValue)];
    return shareOf(lowest, highest, Number(value), scaleType);
  }
  if (integerValueSpec) {
    const [lowest, highest] = [Number(integerValueSpec.minValue), Number(integerValueSpec.maxValue)];
    return shareOf(lowest, highest + 1, Number(value) + 0.5, scaleType);
  }
  const values = listedValues(spec);
  return (values.indexOf(value) + 0.5) / values.length;
}

/** The values of a discrete or categorical parameter. */
export function listedValues({discreteValueSpec, categoricalValueSpec}: ParameterSpec): readonly Value[] {
  return discreteValueSpec?.values ?? categoricalValueSpec?.values ?? [];
}

function between(lowest: number, highest: number, unit: number, scale: ParameterSpec['scaleType']): number {
  const logarithmic = (at: number) => clamp(lowest * (highest / lowest) ** at, lowest, highest);
  if (scale === 'UNIT_LOG_SCALE') return logarithmic(unit);
  if (scale === 'UNIT_REVERSE_LOG_SCALE')
    return clamp(lowest + highest - logarithmic(1 - unit), lowest, highest);
  return clamp(lowest + unit * (highest - lowest), lowest, highest);
}

/** The inverse of `between`. */
function shareOf(lowest: number, highest: number, value: number, scale: ParameterSpec['scaleType']): number {
  if (lowest === highest) return 0.5;
  const logarithmic = (at: number) => Math.log(at / lowest) / Math.log(highest / lowest);
  if (scale === 'UNIT_LOG_SCALE') return logarithmic(value);
  if (scale === 'UNIT_REVERSE_LOG_SCALE') return 1 - logarithmic(lowest + highest - value);
  return (value - lowest) / (highest - lowest);
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
