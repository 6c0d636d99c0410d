import {nextMove} from './domain/effect.ts';
import {RefusedError, RetryableError} from './errors.ts';
import type {Effects} from './ports.ts';

/** How one kind of effect is looked up and sent. */
export interface GuardedEffect {
  /** `<run>-<effect>`; labels the resource, so that it can be found again. */
  readonly key: string;
  find(): Promise<string | undefined>;
  /** Sends the one create request of this attempt. */
  create(attempt: number): Promise<string>;
}

/**
 * Makes an effect whose service takes no caller's id happen once: intent, look, send, record.
 * The intent is stored before the request leaves; once it is stored, nothing is sent again before a look-up has had time to
 * show what the earlier request did.
 * @returns the resource's name
 * @throws RetryableError while it is too early to tell
 */
export async function settleEffect(effects: Effects, effect: GuardedEffect): Promise<string> {
  const {record, nowMs} = await effects.read(effect.key);
  const sentBefore = record !== undefined && record.resource === undefined;
  const found = sentBefore ? await effect.find() : undefined;
  const move = nextMove(record, found, nowMs);
  switch (move.kind) {
    case 'done':
      return move.resource;
    case 'adopt':
      await effects.record(effect.key, record?.attempt ?? 1, move.resource);
      return move.resource;
    case 'wait':
      throw new RetryableError(
        `${effect.key}: an earlier request may still take effect, looking again in ${Math.ceil(move.forMs / 1000)} s`,
      );
    case 'send':
      return send(effects, effect, move.attempt);
    default:
      return move satisfies never;
  }
}

async function send(effects: Effects, effect: GuardedEffect, attempt: number): Promise<string> {
  if (!(await effects.intend(effect.key, attempt))) {
    throw new RetryableError(`${effect.key}: another delivery is sending attempt ${attempt}`);
  }
  try {
    const resource = await effect.create(attempt);
    await effects.record(effect.key, attempt, resource);
    return resource;
  } catch (error) {
    if (error instanceof RefusedError) await effects.refuse(effect.key, attempt);
    throw error;
  }
}
