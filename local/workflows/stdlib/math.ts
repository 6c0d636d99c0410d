import {within64} from '../run/operators.ts';
import {failure} from '../run/raised.ts';
import {asNumber, pure} from './std-function.ts';

/** https://cloud.google.com/workflows/docs/reference/stdlib/math */
export const math = {
  'math.abs': pure('x', (x) => {
    const value = asNumber(x);
    return typeof value === 'bigint' ? within64(value < 0n ? -value : value) : Math.abs(value);
  }),
  'math.floor': pure('x', (x) => {
    const value = asNumber(x);
    if (typeof value === 'bigint') return value;
    if (!Number.isFinite(value)) throw failure('ValueError', `math.floor: ${value} has no floor`);
    return within64(BigInt(Math.floor(value)));
  }),
  'math.max': pure('x y', (x, y) => (asNumber(x) >= asNumber(y) ? x : y)),
  'math.min': pure('x y', (x, y) => (asNumber(x) <= asNumber(y) ? x : y)),
};
