import type {Run} from '../run.ts';
import type {GateDecision} from './decision.ts';

/** What a person has let in although the gate keeps it out. What the gate lets in needs nobody. */
export function approved(decision: GateDecision, approval: Run['approval']): GateDecision {
  if (approval === undefined || decision.released) return decision;
  const {by, reason} = approval;
  const sentence = `approved by ${by}: ${reason}; the gate had said: ${decision.sentence}`;
  return {...decision, released: true, reason: 'approved', sentence};
}

/** @param champion the version that answers now, if there is one */
export function rolledBack(
  {version, by, reason}: NonNullable<Run['restores']>,
  champion: string | undefined,
): GateDecision {
  if (champion === version)
    return {released: false, reason: 'answers-already', sentence: `version ${version} answers already`};
  const sentence = `rolled back to version ${version} by ${by}: ${reason}`;
  return {released: true, reason: 'rolled-back', sentence};
}
