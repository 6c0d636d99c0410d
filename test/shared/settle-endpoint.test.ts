import assert from 'node:assert/strict';
import {deployedModelIdOf} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import {settleEndpoint, withdraw} from '../../shared/settle-endpoint.ts';
import {type Deployed, DOOR, shown, worldWith} from '../support/endpoint-world.ts';
import {emptyWorld, memoryPorts} from '../support/memory-ports.ts';
import {played, runOf} from '../support/story.ts';

describe('an endpoint after a release', () => {
  let run: Run;
  let own: string;

  before(async () => {
    const {world, runId} = await played(6);
    run = {...runOf(world, runId), state: 'releasing', release: {sentence: 's', replaces: '1'}};
    own = deployedModelIdOf(runId);
  });

  const cases: readonly (readonly [
    title: string,
    deployed: Deployed,
    champion: string | undefined,
    after: unknown,
  ])[] = [
    [
      'takes down what got no traffic yet',
      [
        ['1', 100],
        ['2', 0],
      ],
      '1',
      {deployed: ['1: 100 %'], champion: '1'},
    ],
    [
      'gives the traffic back before it takes down',
      [
        ['1', 0],
        ['2', 100],
      ],
      '1',
      {deployed: ['1: 100 %'], champion: '1'},
    ],
    [
      'gives the alias back too',
      [
        ['1', 0],
        ['2', 100],
      ],
      '2',
      {deployed: ['1: 100 %'], champion: '1'},
    ],
    [
      'gives the traffic to the version that was replaced, not to another that idles',
      [
        ['3', 0],
        ['1', 0],
        ['2', 100],
      ],
      '2',
      {deployed: ['3: 0 %', '1: 100 %'], champion: '1'},
    ],
    [
      'gives the traffic to whoever is there when the replaced version is not',
      [
        ['2', 100],
        ['3', 0],
      ],
      '2',
      {deployed: ['3: 100 %'], champion: '3'},
    ],
    [
      'takes down a first version with its traffic, and leaves no champion',
      [['2', 100]],
      '2',
      {deployed: [], champion: undefined},
    ],
    [
      'leaves the traffic with a later release',
      [
        ['3', 100],
        ['2', 0],
      ],
      '3',
      {deployed: ['3: 100 %'], champion: '3'},
    ],
    [
      'gives the alias to a later release that it was taken from',
      [
        ['3', 100],
        ['2', 0],
      ],
      '2',
      {deployed: ['3: 100 %'], champion: '3'},
    ],
    ['changes nothing where it has put nothing', [['1', 100]], '1', {deployed: ['1: 100 %'], champion: '1'}],
    [
      'takes the alias back where nothing of it is deployed',
      [['1', 100]],
      '2',
      {deployed: ['1: 100 %'], champion: '1'},
    ],
    ['changes nothing on an empty endpoint', [], undefined, {deployed: [], champion: undefined}],
  ];
  for (const [title, deployed, champion, after] of cases) {
    it(title, async () => {
      const world = worldWith(run, deployed, champion);

      await settleEndpoint({...run, state: 'failed'}, memoryPorts(world));

      assert.deepEqual(shown(world), after);
    });
  }

  it('crowns no version of another model that answers there', async () => {
    const world = worldWith(
      run,
      [
        ['1', 100],
        ['2', 0],
      ],
      '2',
      'roses',
    );

    await withdraw(run, memoryPorts(world));

    assert.equal(world.champions.has('flowers'), false);
  });

  it('is looked at again when somebody gives the version traffic while it is taken down', async () => {
    const world = worldWith(
      run,
      [
        ['1', 100],
        ['2', 0],
      ],
      '1',
    );
    world.beforeEffect = (name) => {
      const endpoint = world.endpoints.get(DOOR)!;
      if (name === 'undeploy from flowers') world.endpoints.set(DOOR, {...endpoint, traffic: {[own]: 100}});
    };

    await assert.rejects(withdraw(run, memoryPorts(world)), {
      name: 'NotYetError',
      message: `flowers has changed while run ${run.id} was taken down`,
    });
  });

  it('is left to a released run alone, but for who gets traffic', async () => {
    const world = worldWith(
      run,
      [
        ['1', 0],
        ['2', 90],
        ['3', 10],
      ],
      '2',
    );

    await settleEndpoint({...run, state: 'released'}, memoryPorts(world));

    assert.deepEqual(shown(world), {deployed: ['2: 90 %', '3: 10 %'], champion: '2'});
  });

  it('is empty where a version was asked, however its run has ended', async () => {
    for (const state of ['released', 'failed'] as const) {
      const world = worldWith(run, [['2', 100]], '2');
      const check = {...world.endpoints.get(DOOR)!, name: 'flowers-check'};
      world.endpoints.set(check.name, check);

      await settleEndpoint({...run, state}, memoryPorts(world));

      assert.deepEqual(world.endpoints.get(check.name)?.deployed, []);
    }
  });

  it('is left with a later champion, also where a released version idles or is gone', async () => {
    const idle = worldWith(
      run,
      [
        ['3', 100],
        ['2', 0],
      ],
      '3',
    );
    const gone = worldWith(run, [['3', 100]], '2');

    for (const world of [idle, gone]) await settleEndpoint({...run, state: 'released'}, memoryPorts(world));

    assert.deepEqual(shown(idle), {deployed: ['3: 100 %', '2: 0 %'], champion: '3'});
    assert.deepEqual(shown(gone), {deployed: ['3: 100 %'], champion: '2'});
  });

  it('is not even looked at for a run that never came so far', async () => {
    const {release: _, ...early} = run;
    const world = emptyWorld();

    await settleEndpoint({...early, state: 'failed'}, memoryPorts(world));

    assert.equal(world.endpoints.size, 0);
  });

  it('keeps its etag where a run has put nothing', async () => {
    const world = worldWith(run, [['1', 100]], '1');
    const before = world.endpoints.get(DOOR);

    await settleEndpoint({...run, state: 'failed'}, memoryPorts(world));

    assert.deepEqual(world.endpoints.get(DOOR), before);
  });

  it('goes on answering with the version that a refused roll-back asked for', async () => {
    const world = worldWith(run, [['2', 100]], '2');
    const decision = {released: false, reason: 'below-minimum' as const};

    await settleEndpoint({...run, state: 'failed', release: {sentence: 's', decision}}, memoryPorts(world));

    assert.deepEqual(shown(world), {deployed: ['2: 100 %'], champion: '2'});
  });

  it('is given back by a run that knows nothing of its release yet', async () => {
    const {release: _, ...early} = run;
    const world = worldWith(
      run,
      [
        ['1', 0],
        ['2', 100],
      ],
      '2',
    );

    await withdraw(early, memoryPorts(world));

    assert.deepEqual(shown(world), {deployed: ['1: 100 %'], champion: '1'});
  });
});
