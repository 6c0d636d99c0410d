import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  EMPTY_POOL,
  freePermit,
  givePermits,
  nextInLine,
  type PermitPool,
  permitKindOf,
  permitLimits,
  releaseDoor,
  releaseDoorOf,
  takePermit,
} from '../../../shared/domain/permits.ts';

const LIMITS = {atOnce: 2, perMinute: 3};
const MINUTE_MS = 60_000;

function takenBy(holders: readonly string[], nowMs = 0): PermitPool {
  return holders.reduce((pool, holder) => takePermit(pool, holder, LIMITS, nowMs).pool, EMPTY_POOL);
}

describe('permits', () => {
  it('use four fifths of the 60 submissions that Vertex AI takes a minute', () => {
    const limits = permitLimits({build: 1, tuning: 2, training: 3});
    const [tuning, training] = [limits('tuning'), limits('training')];

    assert.equal(tuning.perMinute + training.perMinute, 48);
    assert.deepEqual([tuning.atOnce, training.atOnce], [2, 3]);
  });

  it('use a raised quota, and never more than it', () => {
    const limits = permitLimits({build: 1, tuning: 2, training: 3}, 299);

    assert.deepEqual([limits('tuning').perMinute, limits('training').perMinute], [119, 119]);
    assert.equal(limits('build').perMinute, 60);
  });

  it('are for one release at a time at each endpoint', () => {
    const limits = permitLimits({build: 5, tuning: 5, training: 5});

    assert.equal(releaseDoor('flowers'), 'release-flowers');
    assert.equal(limits(releaseDoor('flowers')).atOnce, 1);
  });

  it('are for one release at a time of a model that is not served', () => {
    const serve = {model: 'roses', endpoint: 'garden', machineType: 'n1-standard-2'};

    assert.equal(releaseDoorOf({name: 'flowers', serve: 'none'}), 'release-flowers');
    assert.equal(releaseDoorOf({name: 'flowers', serve}), 'release-garden');
  });

  it('are called by names that can be read back', () => {
    for (const kind of ['build', 'tuning', 'training', releaseDoor('flowers')] as const) {
      assert.equal(permitKindOf(kind), kind);
    }
    assert.equal(permitKindOf('lunch'), undefined);
  });

  it('are given until they are all held', () => {
    assert.deepEqual(takenBy(['a', 'b', 'c']), {holders: ['a', 'b'], line: ['c'], givenAtMs: [0, 0]});
  });

  it('take who gets one out of the line, and nobody else', () => {
    const pool = freePermit(takenBy(['a', 'b', 'c', 'd']), 'a');

    assert.deepEqual(takePermit(pool, 'c', LIMITS, MINUTE_MS).pool.line, ['d']);
  });

  it('change nothing for a holder that asks again', () => {
    const pool = takenBy(['a', 'b', 'c']);

    assert.deepEqual(takePermit(pool, 'a', LIMITS, 1), {granted: true, pool});
    assert.equal(takePermit(pool, 'c', LIMITS, 1).pool, pool);
  });

  it('are not given to a newcomer while others wait for the one that is free', () => {
    const pool = freePermit(takenBy(['a', 'b', 'c']), 'a');

    const {granted, pool: longer} = takePermit(pool, 'd', LIMITS, 0);

    assert.equal(granted, false);
    assert.deepEqual(nextInLine(longer, LIMITS, 0), ['c']);
  });

  it('are given to a newcomer when there is room for all before it', () => {
    const pool = freePermit(freePermit(takenBy(['a', 'b', 'c'], 0), 'a'), 'b');

    assert.equal(takePermit(pool, 'd', LIMITS, MINUTE_MS).granted, true);
  });

  it('that are free go to those who came first, and no faster than the pace', () => {
    const pool = freePermit(freePermit(takenBy(['a', 'b', 'c', 'd', 'e']), 'a'), 'b');

    const inTheMinute = givePermits(pool, LIMITS, {nowMs: 1});
    const later = givePermits(pool, LIMITS, {nowMs: MINUTE_MS});

    assert.deepEqual([inTheMinute.given, inTheMinute.pool.line], [['c'], ['d', 'e']]);
    assert.deepEqual(
      [later.given, later.pool.holders],
      [
        ['c', 'd'],
        ['c', 'd'],
      ],
    );
  });

  it('are given to the chosen ones of those whose turn it is, and kept for the others', () => {
    const pool = freePermit(freePermit(takenBy(['a', 'b', 'c', 'd', 'e']), 'a'), 'b');

    const {given, pool: after} = givePermits(pool, LIMITS, {nowMs: MINUTE_MS, to: ['d', 'e']});

    assert.deepEqual([given, after.line], [['d'], ['c', 'e']]);
    assert.deepEqual(nextInLine(after, LIMITS, MINUTE_MS), ['c']);
  });

  it('are given to nobody while none is free', () => {
    const pool = takenBy(['a', 'b', 'c']);

    assert.deepEqual(givePermits(pool, LIMITS, {nowMs: MINUTE_MS}), {given: [], pool});
  });

  it('are not given faster than the pace, and again when a minute is over', () => {
    const pool = ['a', 'b', 'c'].reduce(
      (before, holder, at) => freePermit(takePermit(before, holder, LIMITS, at).pool, holder),
      EMPTY_POOL,
    );

    assert.equal(takePermit(pool, 'd', LIMITS, MINUTE_MS - 1).granted, false);
    assert.equal(takePermit(pool, 'd', LIMITS, MINUTE_MS).granted, true);
  });

  it('are not taken back from who has none', () => {
    const pool = takenBy(['a']);

    assert.equal(freePermit(pool, 'b'), pool);
  });

  const actions = fc.array(
    fc.record({
      verb: fc.constantFrom('take', 'take', 'free'),
      holder: fc.constantFrom(...'abcdefgh'),
      afterMs: fc.constantFrom(0, 0, 1, 1000, MINUTE_MS / 2),
    }),
    {maxLength: 60},
  );

  it('are never more than there are, nor given faster than the pace', () => {
    fc.assert(
      fc.property(actions, (done) => {
        for (const {pool, grantsMs, nowMs} of played(done)) {
          assert.ok(pool.holders.length <= LIMITS.atOnce);
          assert.ok(grantsMs.filter((at) => at > nowMs - MINUTE_MS).length <= LIMITS.perMinute);
        }
      }),
    );
  });

  it('lose nobody and double nobody, and keep the line in the order of arrival', () => {
    fc.assert(
      fc.property(actions, (done) => {
        for (const {pool, arrivals} of played(done)) {
          assert.deepEqual([...pool.holders, ...pool.line].toSorted(), arrivals.toSorted());
          assert.deepEqual(
            pool.line,
            arrivals.filter((name) => pool.line.includes(name)),
          );
        }
      }),
    );
  });

  it('come to everybody in the order of arrival, whoever asks first when one is free', () => {
    const crowd = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), {minLength: 3});
    fc.assert(
      fc.property(crowd, fc.nat(9), (arrivals, offset) => {
        assert.deepEqual(
          served(arrivals, [...arrivals.slice(offset), ...arrivals.slice(0, offset)]),
          arrivals,
        );
      }),
    );
  });
});

interface Action {
  readonly verb: string;
  readonly holder: string;
  readonly afterMs: number;
}

interface Moment {
  readonly pool: PermitPool;
  readonly nowMs: number;
  readonly grantsMs: readonly number[];
  /** Who has come and not gone. */
  readonly arrivals: readonly string[];
}

/** What was true after each action. */
function played(actions: readonly Action[]): Moment[] {
  const moments: Moment[] = [{pool: EMPTY_POOL, nowMs: 0, grantsMs: [], arrivals: []}];
  for (const {verb, holder, afterMs} of actions) {
    const {pool, nowMs: beforeMs, grantsMs, arrivals} = moments.at(-1)!;
    const nowMs = beforeMs + afterMs;
    const others = arrivals.filter((name) => name !== holder);
    if (verb === 'free') {
      moments.push({pool: freePermit(pool, holder), nowMs, grantsMs, arrivals: others});
      continue;
    }
    const taken = takePermit(pool, holder, LIMITS, nowMs);
    const isNew = taken.granted && !pool.holders.includes(holder);
    const all = arrivals.includes(holder) ? arrivals : [...arrivals, holder];
    moments.push({pool: taken.pool, nowMs, grantsMs: isNew ? [...grantsMs, nowMs] : grantsMs, arrivals: all});
  }
  return moments;
}

/** In which order one permit goes round when all have arrived, and then ask again and again in another order. */
function served(arrivals: readonly string[], asking: readonly string[]): string[] {
  const limits = {atOnce: 1, perMinute: 9};
  const ask = (pool: PermitPool, holder: string) => takePermit(pool, holder, limits, nowMs).pool;
  let nowMs = 0;
  let pool = arrivals.reduce(ask, EMPTY_POOL);
  const order: string[] = [];
  while (pool.holders.length > 0) {
    order.push(...pool.holders);
    nowMs += MINUTE_MS;
    pool = pool.holders.reduce(freePermit, pool);
    pool = asking.filter((name) => !order.includes(name)).reduce(ask, pool);
  }
  return order;
}
