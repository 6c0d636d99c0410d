import {LIMITS} from '../support/memory-permits.ts';
import {type Invariants, runOf} from './invariants.ts';
import type {Journal, Start} from './journal.ts';

/**
 * Back-pressure holds at every moment, not only at the end. All runs with one trainer share the permit of its build: a delivery that
 * sleeps between permit and intent can begin after another has given it back. That is one build too many for once, and allowed;
 * a job is its run's own, and an ended run begins nothing.
 */
export const PERMITS: Invariants = {
  'I9 nothing begins without a permit': ({journal}) =>
    journal.intents
      .filter(({key, permitted}) => !isShared(key) && !permitted.has(runOf(key)))
      .map(({key, attempt}) => `attempt ${attempt} of ${key} had no permit`),

  'I9 no more permits than there are': ({journal}) =>
    journal.permitChanges
      .filter(({kind, holders}) => holders.length > LIMITS(kind).atOnce)
      .map(({kind, holders}) => `${holders.length} had a ${kind} permit at once`),

  'I9 who works has a permit': ({journal}) =>
    journal.starts
      .filter(({effectKey}) => !isShared(effectKey))
      .filter((start) => hasWorkedWithout(start, journal))
      .map(({id, effectKey}) => `${id} worked for ${effectKey} without a permit`),
};

/** Was the permit given back while the job worked? */
function hasWorkedWithout({id, kind, effectKey}: Start, {worked, ended, permitChanges}: Journal): boolean {
  const fromMs = worked.get(id);
  if (fromMs === undefined) return false;
  const toMs = ended.get(id) ?? Number.POSITIVE_INFINITY;
  const changes = permitChanges.filter((change) => change.kind === kind && change.atMs < toMs);
  const before = changes.findLast(({atMs}) => atMs <= fromMs);
  const meanwhile = changes.filter(({atMs}) => atMs > fromMs);
  return [...(before === undefined ? [] : [before]), ...meanwhile].some(
    ({holders}) => !holders.includes(runOf(effectKey)),
  );
}

function isShared(effectKey: string): boolean {
  return effectKey.startsWith('img-');
}
