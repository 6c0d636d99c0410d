import {nextMove} from './domain/effect.ts';
import {NotYetError, RefusedError} from './errors.ts';
import type {Effects} from './ports.ts';

/** How one kind of effect is looked up and sent. */
export interface GuardedEffect {
  /** `<run>-<effect>`; labels the resource, so that it can be found again. */
  readonly key: string;
  /** The run it is needed for: once that has ended or shall be cancelled, nothing is sent. */
  readonly runId: string;
  /** What an attempt has made, as far as the service shows it. */
  find(attempt: number): Promise<string | undefined>;
  /** Sends the one create request of this attempt. */
  create(attempt: number): Promise<string>;
}

/**
 * Makes an effect whose service takes no caller's id happen once: intent, look, send, record.
 * The intent is stored before the request leaves; once it is stored, nothing is sent again before a look-up has had time to
 * show what the earlier request did.
 * @returns the resource's name
 * @throws NotYetError while it is too early to tell
 */
export async function settleEffect(effects: Effects, effect: GuardedEffect): Promise<string> {
  const {record, nowMs} = await effects.read(effect.key);
  const isUnknown = record !== undefined && record.resource === undefined && !record.refused;
  const found = isUnknown ? await effect.find(record.attempt) : undefined;
  const move = nextMove(record, found, nowMs);
  switch (move.kind) {
    case 'done':
      return move.resource;
    case 'adopt':
      return keep(effects, effect, move);
    case 'wait':
      throw new NotYetError(
        `${effect.key}: an earlier request may still take effect, looking again in ${Math.ceil(move.forMs / 1000)} s`,
      );
    case 'send':
      return send(effects, effect, move.attempt);
    default:
      return move satisfies never;
  }
}

async function send(effects: Effects, effect: GuardedEffect, attempt: number): Promise<string> {
  const {key, runId} = effect;
  const claim = await effects.intend(key, attempt, runId);
  if (claim === 'taken') throw new NotYetError(`${key}: another delivery is sending attempt ${attempt}`);
  if (claim === 'closed')
    throw new NotYetError(`${key}: run ${runId} has ended or shall be cancelled, so nothing is sent`);
  const resource = await effect.create(attempt).catch(async (error: unknown) => {
    if (error instanceof RefusedError) await effects.refuse(key, attempt);
    throw error;
  });
  return keep(effects, effect, {attempt, resource});
}

/** Only the resource that the record names is ever used: whoever comes too late stops here. */
async function keep(
  effects: Effects,
  {key}: GuardedEffect,
  {attempt, resource}: {readonly attempt: number; readonly resource: string},
): Promise<string> {
  if (await effects.record(key, attempt, resource)) return resource;
  throw new NotYetError(`${key}: attempt ${attempt} was given up while it made ${resource}`);
}
