import type {Numbers, Slice} from './decision.ts';
import {ROUNDING} from './rounding.ts';

/** Of the slices that got worse by more than the tolerance, the one that lost most. */
export function worstSlice({found, tolerance}: NonNullable<Numbers['slices']>): Slice | undefined {
  const [worst] = found.toSorted((a, b) => loss(b) - loss(a));
  return worst !== undefined && loss(worst) > tolerance + ROUNDING ? worst : undefined;
}

function loss({champion, challenger}: Slice): number {
  return champion - challenger;
}
