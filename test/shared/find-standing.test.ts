import assert from 'node:assert/strict';
import {adopt, findStanding} from '../../shared/find-standing.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {worldWithRun} from '../support/scripted-effect.ts';

const JOB = {name: 'job-1', effectKey: 'r1-tune', attempt: 1};

describe('a job or build that has ended', () => {
  let world: World;

  beforeEach(async () => {
    world = worldWithRun();
    await memoryPorts(world).effects.intend('r1-tune', 1, 'r1');
  });

  it('counts when its attempt is the current one', async () => {
    assert.equal(await findStanding(JOB, memoryPorts(world)), 'counts');
  });

  it('is given up when its attempt was revoked', async () => {
    await memoryPorts(world).admissions.revoke('r1-tune', 1);

    assert.equal(await findStanding(JOB, memoryPorts(world)), 'given-up');
  });

  it('is a stray when it does not tell effect and attempt', async () => {
    const {effectKey, attempt, name} = JOB;
    const ports = memoryPorts(world);
    const read = () => Promise.reject(new Error('asked about nothing'));

    for (const resource of [{name}, {name, effectKey}, {name, attempt}])
      assert.equal(await findStanding(resource, {...ports, effects: {...ports.effects, read}}), 'stray');
  });

  it('is recorded before its result is used', async () => {
    await adopt(JOB, memoryPorts(world));

    assert.equal(world.effects.get('r1-tune')?.resource, 'job-1');
  });

  it('is not used once its attempt was given up', async () => {
    await memoryPorts(world).effects.refuse('r1-tune', 1);

    await assert.rejects(adopt(JOB, memoryPorts(world)), {
      name: 'NotYetError',
      message: 'r1-tune: attempt 1 was given up, so job-1 does not count',
    });
  });

  it('is not recorded when it does not tell effect and attempt', async () => {
    await assert.rejects(adopt({name: 'job-1'}, memoryPorts(world)), {name: 'NotYetError'});
  });
});
