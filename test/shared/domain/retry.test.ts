import assert from 'node:assert/strict';
import fc from 'fast-check';
import {CHECKS} from '../../../shared/domain/checks.ts';
import {countFailure, judgeClaim, judgeRelease, retryTopicOf} from '../../../shared/domain/retry.ts';
import {pauseSeconds, retrySchema} from '../../../shared/domain/retry-policy.ts';
import type {Run} from '../../../shared/domain/run.ts';
import {played, runOf} from '../../support/story.ts';

const STAGE = 'build-image';
const NOW_MS = 1_000_000;
const PAUSE_MS = 72_000;
const OVERDUE_AFTER_MS = 300_000;

describe('the retries of a run', () => {
  let fresh: Run;

  before(async () => {
    const {world, runId} = await played(1);
    fresh = runOf(world, runId);
  });

  const failed = (failures: number, more: object = {}): Run => ({
    ...fresh,
    retries: {[STAGE]: {failures, message: '503', failedAtMs: NOW_MS, released: false, ...more}},
  });
  const count = (run: Run, message: string, nowMs = NOW_MS) =>
    countFailure(run, {stage: STAGE, message}, nowMs);
  const ask = (failures: number, execution = 'e1') => ({runId: fresh.id, stage: STAGE, failures, execution});

  it('count a first failure', () => {
    assert.deepEqual(count(fresh, '503'), {
      failures: 1,
      message: '503',
      failedAtMs: NOW_MS,
      released: false,
    });
  });

  it('count nothing while a retry is pending', () => {
    const run = failed(1);

    assert.equal(count(run, 'another'), run.retries?.[STAGE]);
  });

  it('count on once the pause is over, with nobody looking after it yet', () => {
    const run = failed(1, {execution: 'e1', released: true});

    assert.deepEqual(count(run, '504'), {
      failures: 2,
      message: '504',
      failedAtMs: NOW_MS,
      released: false,
    });
  });

  it('count on when the execution that was to end the pause has not come', () => {
    const run = failed(1, {execution: 'e1'});
    const overdueMs = NOW_MS + PAUSE_MS + OVERDUE_AFTER_MS;

    assert.equal(count(run, '504', overdueMs - 1)?.failures, 1);
    assert.equal(count(run, '504', overdueMs)?.failures, 2);
  });

  it('count on after a failure that an older version has counted, without saying when', () => {
    assert.equal(count(failed(1, {failedAtMs: undefined}), '504')?.failures, 2);
  });

  it('count each stage by itself', () => {
    assert.equal(countFailure(failed(2), {stage: 'start-tuning', message: '503'}, NOW_MS)?.failures, 1);
  });

  for (const change of [{state: 'failed'}, {cancelRequested: {by: 'me', reason: 'no', at: ''}}] as const) {
    it(`count nothing for a run with ${JSON.stringify(change)}`, () => {
      assert.equal(count({...fresh, ...change}, '503'), undefined);
      assert.equal(judgeClaim({...failed(1), ...change}, ask(1)).decision, 'stop');
      assert.equal(judgeRelease({...failed(1, {execution: 'e1'}), ...change}, ask(1)), false);
    });
  }

  it('pause longer after each failure, with a fifth more or less', () => {
    const pauses = [1, 2].map((failures) => judgeClaim(failed(failures), ask(failures)));

    for (const [index, claim] of pauses.entries()) {
      assert.equal(claim.decision, 'retry');
      const expected = 60 * 2 ** index;
      const seconds = claim.decision === 'retry' ? claim.delaySeconds : 0;
      assert.ok(Math.abs(seconds - expected) <= expected / 5, `${seconds}`);
    }
  });

  it('pause for another time in another run, so that many do not come back at once', () => {
    const delays = ['r1', 'r2', 'r3', 'r4'].map((runId) => {
      const claim = judgeClaim({...failed(1), id: runId}, {...ask(1), runId});
      return claim.decision === 'retry' ? claim.delaySeconds : 0;
    });

    assert.ok(new Set(delays).size > 1, delays.join());
    assert.deepEqual(delays, [56, 71, 63, 54]);
  });

  it('pause for seconds, minutes or hours', () => {
    const pauseOf = (initialDelay: string) =>
      pauseSeconds(retrySchema.parse({initialDelay, maxDelay: '999999h'}), 1);

    assert.deepEqual(['90s', '2m', '10m', '3h', '100000s'].map(pauseOf), [90, 120, 600, 10_800, 100_000]);
  });

  it('are given up after the last attempt, with what it said', () => {
    assert.deepEqual(judgeClaim(failed(8), ask(8)), {
      decision: 'give-up',
      reason: 'given up after 8 attempts; the last one said: 503',
    });
  });

  it('outlast an outage of two hours', () => {
    const policy = retrySchema.parse({});
    const pauses = Array.from({length: policy.maxAttempts - 1}, (_, index) =>
      pauseSeconds(policy, index + 1),
    );

    assert.equal(
      pauses.reduce((sum, seconds) => sum + seconds),
      123 * 60,
    );
    assert.equal(judgeClaim(failed(7), ask(7)).decision, 'retry');
  });

  it('take the policy from the pipeline', () => {
    const {definition} = fresh;
    assert.ok(definition);
    const pipeline = {...definition.pipeline, retry: retrySchema.parse({maxAttempts: 1})};
    const run = {...failed(1), definition: {...definition, pipeline}};

    assert.equal(judgeClaim(run, ask(1)).decision, 'give-up');
  });

  it('have a policy before the definition is read', () => {
    const {definition: _, ...unread} = failed(1);

    assert.equal(judgeClaim(unread, ask(1)).decision, 'retry');
  });

  const stopped: readonly (readonly [string, () => Run, RegExp])[] = [
    ['the run has gone on', () => fresh, /went on/],
    ['the run has ended', () => ({...failed(1), state: 'failed'}), /^run is failed$/],
    [
      'the run shall be cancelled',
      () => ({...failed(1), cancelRequested: {by: 'me', reason: 'no', at: ''}}),
      /^run is to be cancelled$/,
    ],
    ['a later attempt has failed', () => failed(2), /2 attempts have failed/],
    ['another execution looks after it', () => failed(1, {execution: 'e2'}), /execution e2/],
  ];
  for (const [what, run, why] of stopped) {
    it(`stop an execution when ${what}`, () => {
      const claim = judgeClaim(run(), ask(1));

      assert.equal(claim.decision, 'stop');
      assert.match(claim.decision === 'stop' ? claim.why : '', why);
      assert.equal(judgeRelease(run(), ask(1)), false);
    });
  }

  it('answer the execution that claimed them the same again', () => {
    assert.deepEqual(judgeClaim(failed(1, {execution: 'e1'}), ask(1)), judgeClaim(failed(1), ask(1)));
  });

  it('are released by the execution that claimed them, as often as it asks', () => {
    assert.equal(judgeRelease(failed(1, {execution: 'e1'}), ask(1)), true);
    assert.equal(judgeRelease(failed(1, {execution: 'e1', released: true}), ask(1)), true);
    assert.equal(judgeRelease(failed(1), ask(1)), false);
  });

  it('never pause longer than the policy allows, nor shorter than after fewer failures', () => {
    const policies = fc.record({
      maxAttempts: fc.constant(20),
      initialDelay: fc.constantFrom('1s', '60s', '5m'),
      multiplier: fc.constantFrom(1, 1.5, 2, 10),
      maxDelay: fc.constantFrom('1s', '10m', '1h'),
    });

    fc.assert(
      fc.property(policies, fc.integer({min: 1, max: 19}), (policy, failures) => {
        const pause = pauseSeconds(policy, failures);
        const longest = pauseSeconds({...policy, multiplier: 1, initialDelay: policy.maxDelay}, 1);
        return pause <= longest && pause <= pauseSeconds(policy, failures + 1);
      }),
    );
  });

  it('have a topic that brings a run on, for every stage that one is retried by', () => {
    const topics = ['split-data', 'build-image', 'start-tuning', 'complete-job', 'release-model'].map(
      retryTopicOf,
    );

    assert.deepEqual(new Set(topics), new Set(Object.values(CHECKS).map(({topic}) => topic)));
    assert.equal(retryTopicOf('record-failure'), undefined);
  });

  it('say what a duration looks like', () => {
    const {error} = retrySchema.safeParse({initialDelay: '1 minute'});

    assert.equal(error?.issues[0]?.message, 'a duration such as 60s, 5m or 1h');
  });

  for (const policy of [
    ...[{maxAttempts: 0}, {multiplier: 0.5}, {multiplier: 11}, {maxDelays: '1h'}, {maxAttempts: 21}],
    ...['1 minute', '60', '0s', '-5s', 'a60s', '60sec', '1234567s', '6ds', '5d'].map((initialDelay) => ({
      initialDelay,
    })),
  ]) {
    it(`refuse the policy ${JSON.stringify(policy)}`, () => {
      assert.equal(retrySchema.safeParse(policy).success, false);
    });
  }
});
