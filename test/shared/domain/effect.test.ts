import assert from 'node:assert/strict';
import {type EffectMove, type EffectRecord, nextMove, QUARANTINE_MS} from '../../../shared/domain/effect.ts';

const SENT: EffectRecord = {attempt: 3, sentAtMs: 1_000_000, refused: false};
const SOON = SENT.sentAtMs + 20_000;
const LATER = SENT.sentAtMs + QUARANTINE_MS;

interface Case {
  readonly title: string;
  readonly record: EffectRecord | undefined;
  readonly found?: string;
  readonly nowMs: number;
  readonly move: EffectMove;
}

const CASES: readonly Case[] = [
  {title: 'sends what was never sent', record: undefined, nowMs: SOON, move: {kind: 'send', attempt: 1}},
  {
    title: 'is done once the resource is recorded, whatever a list shows',
    record: {...SENT, resource: 'job-1'},
    found: 'job-2',
    nowMs: LATER,
    move: {kind: 'done', resource: 'job-1'},
  },
  {
    title: 'adopts what an earlier request made',
    record: SENT,
    found: 'job-2',
    nowMs: SOON,
    move: {kind: 'adopt', attempt: 3, resource: 'job-2'},
  },
  {
    title: 'sends again what ended in failure, although it is still listed',
    record: {...SENT, refused: true},
    found: 'job-2',
    nowMs: SOON,
    move: {kind: 'send', attempt: 4},
  },
  {
    title: 'waits while an unanswered request may still take effect',
    record: SENT,
    nowMs: SOON,
    move: {kind: 'wait', forMs: QUARANTINE_MS - 20_000},
  },
  {
    title: 'waits to the last millisecond',
    record: SENT,
    nowMs: LATER - 1,
    move: {kind: 'wait', forMs: 1},
  },
  {title: 'sends again after that', record: SENT, nowMs: LATER, move: {kind: 'send', attempt: 4}},
  {
    title: 'sends again at once after a certain refusal',
    record: {...SENT, refused: true},
    nowMs: SOON,
    move: {kind: 'send', attempt: 4},
  },
];

describe('nextMove', () => {
  for (const {title, record, found, nowMs, move} of CASES) {
    it(title, () => {
      assert.deepEqual(nextMove(record, found, nowMs), move);
    });
  }
});
