import type {ParameterSpec, TrialParameter} from '../../local/tuning/types.ts';

/** A function with a known minimum, as optimisers are compared on. */
export interface StandardFunction {
  readonly name: string;
  readonly minimum: number;
  readonly parameters: ParameterSpec[];
  at(point: readonly number[]): number;
}

/** L. C. W. Dixon, G. P. Szegő, "The global optimization problem", 1978; as on https://www.sfu.ca/~ssurjano/branin.html */
const branin: StandardFunction = {
  name: 'Branin',
  minimum: 0.397887,
  parameters: [double('x1', -5, 10), double('x2', 0, 15)],
  at([x1 = 0, x2 = 0]) {
    const curve = x2 - (5.1 / (4 * Math.PI ** 2)) * x1 ** 2 + (5 / Math.PI) * x1 - 6;
    return curve ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x1) + 10;
  },
};

const PEAKS: readonly {height: number; widths: readonly number[]; centre: readonly number[]}[] = [
  {height: 1, widths: [10, 3, 17, 3.5, 1.7, 8], centre: [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886]},
  {height: 1.2, widths: [0.05, 10, 17, 0.1, 8, 14], centre: [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991]},
  {height: 3, widths: [3, 3.5, 1.7, 10, 17, 8], centre: [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665]},
  {height: 3.2, widths: [17, 8, 0.05, 10, 0.1, 14], centre: [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]},
];

/** The same source: https://www.sfu.ca/~ssurjano/hart6.html */
const hartmann6: StandardFunction = {
  name: 'Hartmann-6',
  minimum: -3.32237,
  parameters: ['x1', 'x2', 'x3', 'x4', 'x5', 'x6'].map((name) => double(name, 0, 1)),
  at(point) {
    return -PEAKS.reduce((sum, {height, widths, centre}) => {
      const exponent = point.reduce(
        (total, x, axis) => total + (widths[axis] ?? 0) * (x - (centre[axis] ?? 0)) ** 2,
        0,
      );
      return sum + height * Math.exp(-exponent);
    }, 0);
  },
};

export const STANDARD_FUNCTIONS: readonly StandardFunction[] = [branin, hartmann6];

function double(parameterId: string, minValue: number, maxValue: number): ParameterSpec {
  return {parameterId, doubleValueSpec: {minValue, maxValue}};
}

export function pointOf(parameters: readonly TrialParameter[]): number[] {
  return parameters.map(({value}) => Number(value));
}
