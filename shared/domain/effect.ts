import type {Admission} from './admission.ts';

/** What is known about an effect with no caller-chosen id: how often it was sent, and what came of it. Instants are server times in milliseconds. */
export interface EffectRecord {
  /** The fencing token: each attempt is at most one create request on the wire. */
  readonly attempt: number;
  readonly sentAtMs: number;
  /** Nothing comes of this attempt for certain: the service said no, it was revoked, or what it made has ended in failure. */
  readonly refused: boolean;
  /** The resource this attempt made, once known. */
  readonly resource?: string;
}

/** What can be seen of the current attempt. */
export interface Sighting {
  readonly admission?: Admission | undefined;
  /** A resource that the service lists for it. */
  readonly found?: string | undefined;
}

export type EffectMove =
  | {readonly kind: 'done'; readonly resource: string}
  | {readonly kind: 'adopt'; readonly attempt: number; readonly resource: string}
  | {readonly kind: 'send'; readonly attempt: number}
  | {readonly kind: 'wait'; readonly why: string}
  /** Close this attempt for ever, then send the next. */
  | {readonly kind: 'give-up'; readonly attempt: number; readonly found: string | undefined};

/**
 * How long an unanswered create may still come to light: a 30 s client deadline, 30 s for the service to apply it late,
 * 60 s for lists to show it, 10 s of slack.
 */
export const QUARANTINE_MS = 130_000;

/**
 * Decides how to go on with an effect. The admission comes first: it alone is never late, and who was revoked does no work even
 * when it is listed or recorded.
 * @param nowMs server time
 */
export function nextMove(
  record: EffectRecord | undefined,
  {admission, found}: Sighting,
  nowMs: number,
): EffectMove {
  if (record === undefined) return {kind: 'send', attempt: 1};
  const {attempt, refused, resource, sentAtMs} = record;
  if (refused) return {kind: 'send', attempt: attempt + 1};
  if (admission === 'revoked') return {kind: 'give-up', attempt, found: resource ?? found};
  if (resource !== undefined) return {kind: 'done', resource};
  if (found !== undefined) return {kind: 'adopt', attempt, resource: found};
  if (admission === 'entered')
    return {kind: 'wait', why: `attempt ${attempt} is at work, but not listed yet`};
  const remainingMs = sentAtMs + QUARANTINE_MS - nowMs;
  if (remainingMs <= 0) return {kind: 'give-up', attempt, found: undefined};
  const seconds = Math.ceil(remainingMs / 1000);
  return {kind: 'wait', why: `an earlier request may still take effect, looking again in ${seconds} s`};
}

/**
 * What a resource is to its effect: it `counts`, at the latest once it is recorded; it is `given-up` when it is of the current
 * attempt, but that one was revoked or has failed, so that the next is due; otherwise it is a `stray`.
 */
export type Standing = 'counts' | 'given-up' | 'stray';

export function standingOf(
  record: EffectRecord | undefined,
  {attempt, name}: {readonly attempt: number; readonly name: string},
  admission: Admission | undefined,
): Standing {
  if (record === undefined || record.attempt !== attempt) return 'stray';
  if (record.refused || admission === 'revoked') return 'given-up';
  return (record.resource ?? name) === name ? 'counts' : 'stray';
}
