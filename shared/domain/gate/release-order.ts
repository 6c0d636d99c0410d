import type {GateDecision} from './decision.ts';

/** A version, and when the data of its run were accepted (ISO 8601). */
interface Accepted {
  readonly version: string;
  readonly acceptedAt: string;
}

/**
 * Traffic never goes back: a slow run does not replace the model of data that came after its own.
 * @returns the refusal, or undefined when the order is right
 */
export function refuseOlder(acceptedAt: string, champion: Accepted | undefined): GateDecision | undefined {
  if (champion === undefined || Date.parse(champion.acceptedAt) <= Date.parse(acceptedAt)) return undefined;
  const sentence = `kept version ${champion.version}: its data were accepted at ${champion.acceptedAt}, after this run's at ${acceptedAt}`;
  return {released: false, reason: 'older-data', sentence};
}
