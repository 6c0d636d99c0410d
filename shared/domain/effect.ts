/** What is known about an effect with no caller-chosen id: how often it was sent, and what came of it. Instants are server times in milliseconds. */
export interface EffectRecord {
  /** Counts sends; each attempt is at most one create request on the wire. */
  readonly attempt: number;
  readonly sentAtMs: number;
  /** Nothing comes of this attempt for certain: the service said no, or what it made has ended in failure. */
  readonly refused: boolean;
  /** The resource this effect made, once known. */
  readonly resource?: string;
}

export type EffectMove =
  | {readonly kind: 'done'; readonly resource: string}
  | {readonly kind: 'adopt'; readonly attempt: number; readonly resource: string}
  | {readonly kind: 'send'; readonly attempt: number}
  | {readonly kind: 'wait'; readonly forMs: number};

/**
 * How long an unanswered create may still come to light: a 30 s client deadline, 30 s for the service to apply it late,
 * 60 s for lists to show it, 10 s of slack.
 */
export const QUARANTINE_MS = 130_000;

/**
 * Decides how to go on with an effect.
 * @param found a resource of the current attempt that the service lists
 * @param nowMs server time
 */
export function nextMove(
  record: EffectRecord | undefined,
  found: string | undefined,
  nowMs: number,
): EffectMove {
  if (record === undefined) return {kind: 'send', attempt: 1};
  if (record.resource !== undefined) return {kind: 'done', resource: record.resource};
  if (record.refused) return {kind: 'send', attempt: record.attempt + 1};
  if (found !== undefined) return {kind: 'adopt', attempt: record.attempt, resource: found};
  const remainingMs = record.sentAtMs + QUARANTINE_MS - nowMs;
  if (remainingMs > 0) return {kind: 'wait', forMs: remainingMs};
  return {kind: 'send', attempt: record.attempt + 1};
}
