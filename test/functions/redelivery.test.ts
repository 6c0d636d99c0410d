import assert from 'node:assert/strict';
import {QUARANTINE_MS} from '../../shared/domain/effect.ts';
import {publishOutbox} from '../../shared/sweep/publish-outbox.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {dies, play, played, runOf, STEPS} from '../support/story.ts';

/** What must be equal however often a step was interrupted; times and counters may differ. */
function outcome(world: World, runId: string) {
  const {rev: _rev, updatedAt: _at, history, trouble: _trouble, ...run} = runOf(world, runId);
  return {
    run,
    states: history.map(({state}) => state),
    // Told at least once.
    outbox: [...new Set(world.outbox.map((told) => JSON.stringify(told)))],
    builds: [...world.builds.keys()],
    jobs: [...world.jobs.keys()],
    versions: [...world.versions.keys()],
    champions: [...world.champions],
    deployed: [...world.endpoints.values()].map(({deployed, traffic}) => ({deployed, traffic})),
    objects: [...world.objects.keys()].sort(),
    rejects: [...world.rejects.keys()],
    announced: [...new Set(world.messages.map(({topic}) => topic))],
  };
}

describe('every stage', () => {
  for (const [index, step] of STEPS.entries()) {
    const title = `step ${index + 1} (${step.stage.name})`;

    it(`${title} ends in the same world when its event comes twice`, async () => {
      const calm = await played(index + 1);
      const {world, runId} = await played(index);

      await play(step, world, runId);
      await play(step, world, runId);

      assert.deepEqual(outcome(world, runId), outcome(calm.world, calm.runId));
    });

    it(`${title} ends in the same world after a crash before any of its effects`, async () => {
      const calm = await played(index + 1);
      let crashes = 0;
      for (let fatal = 0; ; fatal++) {
        const {world, runId} = await played(index);
        let effects = 0;
        dies(world, () => effects++ === fatal);
        const survived = await play(step, world, runId).then(
          () => true,
          () => false,
        );
        world.beforeEffect = () => {};
        world.nowMs += QUARANTINE_MS;
        await play(step, world, runId);
        await publishOutbox(memoryPorts(world), 10);
        assert.deepEqual(
          outcome(world, runId),
          outcome(calm.world, calm.runId),
          `crash before effect ${fatal}`,
        );
        if (survived) break;
        crashes++;
      }
      assert.ok(crashes > 0, 'the step has effects to crash before');
    });
  }

  it('ignores every earlier and later event once the run has ended', async () => {
    const {world, runId} = await played(STEPS.length);
    const before = outcome(world, runId);

    for (const step of STEPS) await play({...step, before: () => {}}, world, runId);

    assert.equal(runOf(world, runId).state, 'released');
    assert.deepEqual(outcome(world, runId), before);
  });
});
