import {type EffectMove, type EffectRecord, nextMove, type Sighting} from './domain/effect.ts';
import {NotYetError, RefusedError, TakenError} from './errors.ts';
import type {Ports} from './ports.ts';

/** How one kind of effect is looked up, sent and taken back. */
export interface GuardedEffect {
  /** `<run>-<effect>`; labels the resource, so that it can be found again. */
  readonly key: string;
  /** The run it is needed for: once that has ended or shall be cancelled, nothing is sent. */
  readonly runId: string;
  /** Whether what is made runs code of ours, which creates the admission object of its attempt before it does anything that costs. */
  readonly hasAdmission: boolean;
  /** What an attempt has made, as far as the service shows it. */
  find(attempt: number): Promise<string | undefined>;
  /** Sends the one create request of this attempt. */
  create(attempt: number): Promise<string>;
  /** Ends a resource of an attempt that was given up; nobody uses it. */
  discard(resource: string): Promise<void>;
}

type GuardPorts = Pick<Ports, 'effects' | 'admissions'>;

/**
 * Makes an effect whose service takes no caller's id happen once: intent, look, send, record.
 * The intent is stored before the request leaves. After that nothing is sent again before a look-up has had time to show what the
 * request did and, where there is an admission, before it can be sure that a request that comes to light later does no work.
 * @returns the resource's name
 * @throws NotYetError while it is too early to tell
 */
export async function settleEffect(ports: GuardPorts, effect: GuardedEffect): Promise<string> {
  const {record, nowMs} = await ports.effects.read(effect.key);
  const move = nextMove(record, await look(ports, effect, record), nowMs);
  switch (move.kind) {
    case 'done':
      return move.resource;
    case 'adopt':
      return keep(ports, effect, move);
    case 'wait':
      throw new NotYetError(`${effect.key}: ${move.why}`);
    case 'give-up':
      if (!(await giveUp(ports, effect, move)))
        throw new NotYetError(`${effect.key}: attempt ${move.attempt} has just begun to work`);
      return send(ports, effect, move.attempt + 1);
    case 'send':
      return send(ports, effect, move.attempt);
    default:
      return move satisfies never;
  }
}

export type EffectEnd =
  /** Nothing was made, and nothing can be any more. */
  | {readonly kind: 'none'}
  | {readonly kind: 'made'; readonly resource: string}
  /** It is too early to tell. */
  | {readonly kind: 'ending'};

/** Finds out what an effect has made, of a run for which nothing can begin any more, and lets nothing come to light later. */
export async function endEffect(
  ports: GuardPorts,
  effect: Omit<GuardedEffect, 'create'>,
): Promise<EffectEnd> {
  const {record, nowMs} = await ports.effects.read(effect.key);
  const move = nextMove(record, await look(ports, effect, record), nowMs);
  switch (move.kind) {
    case 'done':
    case 'adopt':
      return {kind: 'made', resource: move.resource};
    case 'wait':
      return {kind: 'ending'};
    case 'give-up':
      return {kind: (await giveUp(ports, effect, move)) ? 'none' : 'ending'};
    case 'send':
      return {kind: 'none'};
    default:
      return move satisfies never;
  }
}

/** What there is to see of the current attempt; of one that is certain there is nothing to look for. */
async function look(
  {admissions}: GuardPorts,
  effect: Omit<GuardedEffect, 'create'>,
  record: EffectRecord | undefined,
): Promise<Sighting> {
  if (record === undefined || record.refused) return {};
  const {attempt, resource} = record;
  const admission = effect.hasAdmission ? await admissions.read(effect.key, attempt) : undefined;
  return {admission, found: resource ?? (await effect.find(attempt))};
}

/** Closes an attempt for ever. @returns false when its job has just begun to work */
async function giveUp(
  {effects, admissions}: GuardPorts,
  effect: Omit<GuardedEffect, 'create'>,
  {attempt, found}: EffectMove & {kind: 'give-up'},
): Promise<boolean> {
  if (!effect.hasAdmission) return true;
  if ((await admissions.revoke(effect.key, attempt)) === 'entered') return false;
  if (found !== undefined) await effect.discard(found);
  await effects.refuse(effect.key, attempt);
  return true;
}

async function send(ports: GuardPorts, effect: GuardedEffect, attempt: number): Promise<string> {
  const {key, runId} = effect;
  const claim = await ports.effects.intend(key, attempt, runId);
  if (claim === 'taken') throw new TakenError(`${key}: another delivery is sending attempt ${attempt}`);
  if (claim === 'closed')
    throw new NotYetError(`${key}: run ${runId} has ended or shall be cancelled, so nothing is sent`);
  const resource = await effect.create(attempt).catch(async (error: unknown) => {
    if (error instanceof RefusedError) await ports.effects.refuse(key, attempt);
    throw error;
  });
  return keep(ports, effect, {attempt, resource});
}

/** Only the resource that the record names is ever used: whoever comes too late takes back what it made, and stops. */
async function keep(
  {effects}: GuardPorts,
  effect: GuardedEffect,
  {attempt, resource}: {readonly attempt: number; readonly resource: string},
): Promise<string> {
  if (await effects.record(effect.key, attempt, resource)) return resource;
  await effect.discard(resource);
  throw new NotYetError(`${effect.key}: attempt ${attempt} was given up while it made ${resource}`);
}
