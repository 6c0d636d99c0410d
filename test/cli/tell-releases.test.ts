import assert from 'node:assert/strict';
import {type Act, endedAsTold} from '../../cli/tell-releases.ts';
import type {RunState} from '../../shared/domain/run.ts';
import {played, runOf} from '../support/story.ts';

describe('endedAsTold', () => {
  let acts: (...ends: readonly (readonly [RunState, string])[]) => Act[];

  before(async () => {
    const {world, runId} = await played(1);
    const run = runOf(world, runId);
    acts = (...ends) =>
      ends.map(([state, version]) => ({
        run: {...run, state},
        version,
        champion: version,
        right: 1,
        asked: 1,
      }));
  });

  it('holds when a second version replaced the first, stayed, and went, whatever they are called', () => {
    for (const [first, second] of [
      ['1', '2'],
      ['r0km_version_a1', 'r1sf_version_a1'],
    ] as const) {
      const told = acts(['released', first], ['released', second], ['rejected', second], ['released', first]);

      assert.ok(endedAsTold(told), first);
    }
  });

  const others: readonly {readonly what: string; readonly ends: readonly (readonly [RunState, string])[]}[] =
    [
      {
        what: 'the better model was kept out',
        ends: [
          ['released', '1'],
          ['rejected', '1'],
          ['rejected', '1'],
          ['released', '1'],
        ],
      },
      {
        what: 'the spoilt model was let in',
        ends: [
          ['released', '1'],
          ['released', '2'],
          ['released', '3'],
          ['released', '1'],
        ],
      },
      {
        what: 'the champion answers after the roll-back',
        ends: [
          ['released', '1'],
          ['released', '2'],
          ['rejected', '2'],
          ['released', '2'],
        ],
      },
      {
        what: 'the roll-back failed',
        ends: [
          ['released', '1'],
          ['released', '2'],
          ['rejected', '2'],
          ['failed', '2'],
        ],
      },
      {
        what: 'an act is missing',
        ends: [
          ['released', '1'],
          ['released', '2'],
          ['rejected', '2'],
        ],
      },
    ];
  for (const {what, ends} of others)
    it(`does not hold when ${what}`, () => {
      assert.equal(endedAsTold(acts(...ends)), false);
    });
});
