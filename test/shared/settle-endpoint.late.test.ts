import assert from 'node:assert/strict';
import type {Run} from '../../shared/domain/run.ts';
import {settleEndpoint, takeBack, withdraw} from '../../shared/settle-endpoint.ts';
import {DOOR, shown, worldWith} from '../support/endpoint-world.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {played, runOf} from '../support/story.ts';

describe('an endpoint that is looked at after the end of a run', () => {
  let run: Run;

  before(async () => {
    const {world, runId} = await played(6);
    run = {...runOf(world, runId), state: 'releasing', release: {sentence: 's', replaces: '1'}};
  });

  it('loses a second deployment of a released run that idles, and nothing else', async () => {
    const world = worldWith(
      run,
      [
        ['1', 0],
        ['2', 0],
        ['3', 100],
      ],
      '3',
    );
    world.endpoints.set('flowers-check', {...world.endpoints.get(DOOR)!, name: 'flowers-check'});

    await takeBack({...run, state: 'released'}, memoryPorts(world));

    assert.deepEqual(shown(world), {deployed: ['1: 0 %', '3: 100 %'], champion: '3'});
    assert.equal(world.endpoints.get('flowers-check')?.deployed.length, 2);
  });

  it('keeps a released version that has traffic when it is looked at again', async () => {
    const world = worldWith(
      run,
      [
        ['1', 0],
        ['2', 100],
      ],
      '2',
    );

    await takeBack({...run, state: 'released'}, memoryPorts(world));

    assert.deepEqual(shown(world), {deployed: ['1: 0 %', '2: 100 %'], champion: '2'});
  });

  it('loses what a late delivery has put there for a run that failed', async () => {
    const world = worldWith(
      run,
      [
        ['1', 0],
        ['2', 100],
      ],
      '2',
    );

    await takeBack({...run, state: 'failed'}, memoryPorts(world));

    assert.deepEqual(shown(world), {deployed: ['1: 100 %'], champion: '1'});
  });

  describe('of a pipeline that serves nothing', () => {
    let unserved: Run;

    before(() => {
      const {definition} = run;
      assert.ok(definition);
      const pipeline = {...definition.pipeline, serve: 'none' as const};
      unserved = {...run, definition: {...definition, pipeline}};
    });

    function registryWith(champion: string): World {
      const world = worldWith(unserved, [], champion);
      world.endpoints.clear();
      return world;
    }

    it('is never made, however a run ends', async () => {
      for (const state of ['released', 'failed', 'cancelled'] as const) {
        for (const settle of [settleEndpoint, takeBack]) {
          const world = registryWith('3');

          await settle({...unserved, state}, memoryPorts(world));

          assert.equal(world.endpoints.size, 0);
          assert.deepEqual([...world.champions], [['flowers', '3']]);
        }
      }
    });

    it('is not needed to give the alias back', async () => {
      const world = registryWith('2');

      await settleEndpoint({...unserved, state: 'failed'}, memoryPorts(world));

      assert.deepEqual([...world.champions], [['flowers', '1']]);
      assert.equal(world.endpoints.size, 0);
    });

    it('is not needed to leave no champion where none was replaced', async () => {
      const {release: _, ...early} = unserved;
      const world = registryWith('2');

      await withdraw(early, memoryPorts(world));

      assert.deepEqual([...world.champions], []);
    });
  });
});
