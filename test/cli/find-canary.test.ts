import assert from 'node:assert/strict';
import {findCanary} from '../../cli/find-canary.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {failedSince, played, runOf} from '../support/story.ts';

describe('findCanary', () => {
  let world: World;
  let runId: string;

  beforeEach(async () => {
    ({world, runId} = await played(6));
  });

  const become = (state: 'canary' | 'released') => world.runs.set(runId, {...runOf(world, runId), state});

  it('finds the canary behind any number of runs that came after it', async () => {
    become('canary');
    failedSince(world, 150);

    assert.equal(await findCanary('flowers', memoryPorts(world)), runId);
  });

  it('refuses a pipeline whose releases are all champions or were', async () => {
    become('released');

    await assert.rejects(findCanary('flowers', memoryPorts(world)), {code: 'NOTHING_TO_PROMOTE'});
  });

  it('refuses the canary of another pipeline', async () => {
    become('canary');

    await assert.rejects(findCanary('trees', memoryPorts(world)), {
      code: 'NOTHING_TO_PROMOTE',
      message: 'pipeline "trees" has no canary',
    });
  });
});
