import assert from 'node:assert/strict';
import {CHECKS, firstCheckMs, nextCheckMs, planCheck} from '../../../shared/domain/checks.ts';
import {isTerminal, RANKS, type Run, type RunState} from '../../../shared/domain/run.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const SINCE_MS = Date.parse('2026-01-01T00:00:00Z');
const STATES = Object.keys(RANKS) as RunState[];

function runIn(state: RunState, changes: Partial<Run> = {}): Run {
  const at = new Date(SINCE_MS).toISOString();
  const input = {bucket: 'b', name: 'n', generation: '1', epoch: 0};
  const history = [{state, at}];
  return {id: 'r1', pipeline: 'p', state, rev: 1, input, createdAt: at, updatedAt: at, history, ...changes};
}

describe('the check of a run', () => {
  for (const state of STATES) {
    it(`${isTerminal(state) ? 'never comes' : 'comes'} when it is ${state}`, () => {
      assert.equal(nextCheckMs({state}, 0) === undefined, isTerminal(state));
      assert.equal(planCheck(runIn(state), SINCE_MS).kind, isTerminal(state) ? 'nothing' : 'announce');
    });
  }

  const looksBack = ['released', 'failed', 'cancelled'];

  for (const state of STATES.filter(isTerminal)) {
    it(`${looksBack.includes(state) ? 'looks back once at' : 'is over for'} a run that ended as ${state}`, () => {
      const release = {sentence: 'better'};

      assert.equal(firstCheckMs({state}, 7), looksBack.includes(state) ? 7 + 15 * MINUTE_MS : undefined);
      assert.equal(nextCheckMs({state}, 7), undefined);
      assert.equal(planCheck(runIn(state, {release}), SINCE_MS).kind, 'look-back');
    });
  }

  it('comes first after the same time as later for a run that has not ended', () => {
    for (const state of STATES.filter((other) => !isTerminal(other)))
      assert.equal(firstCheckMs({state}, 7), nextCheckMs({state}, 7));
  });

  it('has the message of its state sent again', () => {
    assert.deepEqual(planCheck(runIn('built'), SINCE_MS + HOUR_MS), {kind: 'announce', topic: 'image-ready'});
  });

  const withDeadline = STATES.filter((state) => CHECKS[state]?.deadlineMs !== undefined);

  it('knows a deadline for every state that waits for something or somebody outside', () => {
    assert.deepEqual(withDeadline, ['splitting', 'building', 'tuning', 'training', 'releasing', 'canary']);
  });

  for (const state of withDeadline) {
    it(`ends a run that is ${state} for longer than its deadline, not before`, () => {
      const deadlineMs = CHECKS[state]?.deadlineMs ?? 0;

      assert.equal(planCheck(runIn(state), SINCE_MS + deadlineMs).kind, 'announce');
      assert.equal(planCheck(runIn(state), SINCE_MS + deadlineMs + 1).kind, 'expire');
    });
  }

  it('leaves a run to the workflow that retries its stage, until that must have done so', () => {
    const retries = {'start-tuning': {failures: 2, message: 'away', failedAtMs: SINCE_MS, released: false}};
    const trouble = {stage: 'start-tuning', message: 'away', at: new Date(SINCE_MS).toISOString()};
    const run = runIn('built', {retries, trouble});
    const longestPauseMs = 2 * 60_000 * 1.2;
    const endMs = SINCE_MS + longestPauseMs + (CHECKS.built?.afterMs ?? 0);

    assert.equal(planCheck(run, endMs - 1).kind, 'nothing');
    assert.equal(planCheck(run, endMs).kind, 'announce');
  });

  it('has the message sent again once the retry was released', () => {
    const retries = {'start-tuning': {failures: 2, message: 'away', released: true}};
    const trouble = {stage: 'start-tuning', message: 'away', at: new Date(SINCE_MS).toISOString()};

    assert.equal(planCheck(runIn('built', {retries, trouble}), SINCE_MS + 1).kind, 'announce');
  });

  it('gives a run that waits for a permit all the time it needs', () => {
    const waiting = {door: 'build', since: '2026-01-01T00:00:00Z'};

    assert.equal(planCheck(runIn('building', {waiting}), SINCE_MS + 1000 * HOUR_MS).kind, 'announce');
  });

  it('gives a run that shall be cancelled all the time its jobs need, but looks each minute', () => {
    const cancelRequested = {by: 'ann', reason: 'wrong file', at: '2026-01-01T00:00:00Z'};
    const run = runIn('tuning', {cancelRequested});

    assert.equal(planCheck(run, SINCE_MS + 1000 * HOUR_MS).kind, 'announce');
    assert.equal(nextCheckMs(run, SINCE_MS), SINCE_MS + 60_000);
  });

  it('counts from the last move', () => {
    const early = new Date(SINCE_MS - 25 * HOUR_MS).toISOString();
    const earlier = [
      {state: 'split', at: early},
      {state: 'built', at: early},
    ] as const;
    const history = [...earlier, ...runIn('tuning').history];

    assert.equal(planCheck(runIn('tuning', {history}), SINCE_MS + HOUR_MS).kind, 'announce');
    assert.equal(nextCheckMs({state: 'tuning'}, SINCE_MS), SINCE_MS + 5 * 60_000);
  });

  it('says nothing while a retry is in its pause, but tells one that shall be cancelled to go on', () => {
    const trouble = {stage: 'complete-job', message: '503', at: new Date(SINCE_MS).toISOString()};
    const retries = {'complete-job': {failures: 1, message: '503', failedAtMs: SINCE_MS, released: false}};
    const run = runIn('tuning', {trouble, retries});
    const afterMs = 72_000 + 5 * 60_000;

    assert.equal(planCheck(run, SINCE_MS + afterMs - 1).kind, 'nothing');
    assert.equal(planCheck(run, SINCE_MS + afterMs).kind, 'announce');
    const cancelRequested = {by: 'ann', reason: 'wrong file', at: '2026-01-01T00:00:00Z'};
    assert.equal(planCheck({...run, cancelRequested}, SINCE_MS).kind, 'announce');
  });

  it('says it again for a failure that no retry looks after', () => {
    const trouble = {stage: 'complete-job', message: '503', at: new Date(SINCE_MS).toISOString()};
    const released = {'complete-job': {failures: 1, message: '503', released: true}};

    assert.equal(planCheck(runIn('tuning', {trouble}), SINCE_MS).kind, 'announce');
    assert.equal(planCheck(runIn('tuning', {trouble, retries: released}), SINCE_MS).kind, 'announce');
    assert.equal(planCheck(runIn('tuning', {trouble, retries: {}}), SINCE_MS).kind, 'announce');
  });

  it('counts from the acceptance when the run has not moved', () => {
    const run = runIn('tuning', {history: []});

    assert.equal(planCheck(run, SINCE_MS + 25 * HOUR_MS).kind, 'expire');
  });
});
