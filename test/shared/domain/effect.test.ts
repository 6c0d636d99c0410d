import assert from 'node:assert/strict';
import {
  type EffectMove,
  type EffectRecord,
  nextMove,
  QUARANTINE_MS,
  type Sighting,
  type Standing,
  standingOf,
} from '../../../shared/domain/effect.ts';

const SENT: EffectRecord = {attempt: 3, sentAtMs: 1_000_000, refused: false};
const DONE: EffectRecord = {...SENT, resource: 'job-1'};
const REFUSED: EffectRecord = {...SENT, refused: true};
const SOON = SENT.sentAtMs + 20_000;
const LATER = SENT.sentAtMs + QUARANTINE_MS;

const AT_WORK: EffectMove = {kind: 'wait', why: 'attempt 3 is at work, but not listed yet'};
const GIVE_UP: EffectMove = {kind: 'give-up', attempt: 3, found: undefined};
const ADOPT: EffectMove = {kind: 'adopt', attempt: 3, resource: 'job-2'};
const SEND_NEXT: EffectMove = {kind: 'send', attempt: 4};

function waiting(seconds: number): EffectMove {
  return {
    kind: 'wait',
    why: `an earlier request may still take effect, looking again in ${seconds} s`,
  };
}

/** Every combination of what is recorded, admitted and listed: what to do inside the quarantine, and after it. */
const MOVES: readonly (readonly [
  title: string,
  record: EffectRecord,
  sighting: Sighting,
  soon: EffectMove,
  later?: EffectMove,
])[] = [
  ['waits for a request that nothing is seen of, then gives it up', SENT, {}, waiting(110), GIVE_UP],
  ['adopts what an earlier request made', SENT, {found: 'job-2'}, ADOPT],
  ['waits for a job at work to be listed, however long', SENT, {admission: 'entered'}, AT_WORK],
  ['adopts a job at work', SENT, {admission: 'entered', found: 'job-2'}, ADOPT],
  ['gives up at once who was revoked', SENT, {admission: 'revoked'}, GIVE_UP],
  [
    'does not adopt who was revoked',
    SENT,
    {admission: 'revoked', found: 'job-2'},
    {...GIVE_UP, found: 'job-2'},
  ],
  ['is done once the resource is recorded', DONE, {}, {kind: 'done', resource: 'job-1'}],
  ['is done whatever a list shows', DONE, {found: 'job-2'}, {kind: 'done', resource: 'job-1'}],
  ['is done while the job works', DONE, {admission: 'entered'}, {kind: 'done', resource: 'job-1'}],
  ['does not use who was revoked', DONE, {admission: 'revoked'}, {...GIVE_UP, found: 'job-1'}],
  ['sends the next after a certain refusal', REFUSED, {}, SEND_NEXT],
  ['sends the next although what failed is still listed', REFUSED, {found: 'job-2'}, SEND_NEXT],
  ['sends the next although what failed had entered', REFUSED, {admission: 'entered'}, SEND_NEXT],
];

describe('nextMove', () => {
  it('sends what was never sent', () => {
    assert.deepEqual(nextMove(undefined, {}, SOON), {kind: 'send', attempt: 1});
  });

  for (const [title, record, sighting, soon, later = soon] of MOVES) {
    it(title, () => {
      assert.deepEqual(nextMove(record, sighting, SOON), soon);
      assert.deepEqual(nextMove(record, sighting, LATER), later);
    });
  }

  it('waits to the last millisecond', () => {
    assert.deepEqual(nextMove(SENT, {}, LATER - 1), waiting(1));
  });
});

const RECORDS = [SENT, DONE, REFUSED, {...DONE, refused: true}];
const SIGHTINGS = ([undefined, 'entered', 'revoked'] as const).flatMap((admission): Sighting[] =>
  [undefined, 'job-1', 'job-2'].map((found) => ({admission, found})),
);
const TIMES = [SENT.sentAtMs, SOON, LATER - 1, LATER, LATER + 1];

/** Everything that can be known and seen of an attempt, at every time that matters. */
const EVERYTHING = RECORDS.flatMap((record) =>
  SIGHTINGS.flatMap((sighting) => TIMES.map((nowMs) => ({record, sighting, nowMs}))),
);

describe('every next move', () => {
  const all = EVERYTHING.map((known) => ({
    ...known,
    move: nextMove(known.record, known.sighting, known.nowMs),
  }));

  it('sends the next attempt only when nothing comes of this one for certain', () => {
    for (const {record, move} of all) {
      if (move.kind === 'send') assert.deepEqual([record.refused, move.attempt], [true, record.attempt + 1]);
    }
  });

  it('uses no resource of an attempt that was revoked or refused', () => {
    for (const {record, sighting, move} of all) {
      if (move.kind === 'done' || move.kind === 'adopt')
        assert.equal(record.refused || sighting.admission === 'revoked', false);
    }
  });

  it('gives up nobody who has entered, and nobody else before the quarantine has passed', () => {
    for (const {sighting, nowMs, move} of all) {
      if (move.kind !== 'give-up') continue;
      assert.notEqual(sighting.admission, 'entered');
      assert.ok(sighting.admission === 'revoked' || nowMs >= LATER);
    }
  });

  it('waits only while something can still come to light', () => {
    for (const {record, sighting, nowMs, move} of all) {
      if (move.kind !== 'wait') continue;
      assert.deepEqual([record.resource, record.refused, sighting.found], [undefined, false, undefined]);
      assert.ok(sighting.admission === 'entered' || nowMs < LATER);
    }
  });
});

const JOB = {attempt: 3, name: 'job-1'};

const STANDINGS: readonly (readonly [
  title: string,
  record: EffectRecord | undefined,
  admission: Sighting['admission'],
  standing: Standing,
])[] = [
  ['counts what is recorded', DONE, 'entered', 'counts'],
  ['counts what ended before anybody could record it', SENT, 'entered', 'counts'],
  ['counts what ended before it could enter', SENT, undefined, 'counts'],
  ['gives up who was revoked, recorded or not', DONE, 'revoked', 'given-up'],
  ['gives up who was revoked before the record', SENT, 'revoked', 'given-up'],
  ['gives up what has failed', REFUSED, 'entered', 'given-up'],
  ['passes over what belongs to no effect', undefined, 'entered', 'stray'],
  ['passes over an attempt that is history', {...SENT, attempt: 4}, 'entered', 'stray'],
  ['passes over a revoked attempt that is history', {...SENT, attempt: 4}, 'revoked', 'stray'],
  ['passes over a second one of the same attempt', {...SENT, resource: 'job-0'}, 'entered', 'stray'],
];

describe('standingOf', () => {
  for (const [title, record, admission, standing] of STANDINGS) {
    it(title, () => {
      assert.equal(standingOf(record, JOB, admission), standing);
    });
  }
});
