import assert from 'node:assert/strict';
import {rerun} from '../../functions/rerun.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {settled} from '../support/services.ts';
import {droppedWorld, played, runOf, STEPS} from '../support/story.ts';

const ASKED = {headers: {}, caller: 'jo@the-project.example'};
const NAME = 'flowers/data/flowers.csv';

function post(body: unknown, world: World) {
  return rerun.answer({method: 'POST', query: {}, body, ...ASKED}, memoryPorts(world));
}

function get(query: unknown, world: World) {
  return rerun.answer({method: 'GET', query, body: undefined, ...ASKED}, memoryPorts(world));
}

describe('rerun by GET', () => {
  it('tells the state of a run', async () => {
    const {world, runId} = await played(1);

    assert.deepEqual(await get({run: runId}, world), {status: 200, body: runOf(world, runId)});
  });

  it('refuses an unknown run', async () => {
    const {world} = await played(0);

    await assert.rejects(get({run: 'r0'}, world), {code: 'NO_SUCH_RUN', where: 'runs/r0'});
  });

  for (const query of [{}, {run: ['a', 'b']}, {run: 'r0', state: 'failed'}, undefined]) {
    it(`refuses the query ${JSON.stringify(query)}`, async () => {
      const {world} = await played(0);

      await assert.rejects(get(query, world), {code: 'REQUEST_INVALID'});
    });
  }
});

describe('rerun of a run', () => {
  it('runs an ended one again under an id of its own, to its end', async () => {
    const {world, runId} = await played(STEPS.length);
    const {input} = runOf(world, runId);
    world.messages.length = 0;

    const {status, body} = await post({run: runId}, world);

    const id = runIdOf({...input, epoch: 1});
    assert.deepEqual({status, body}, {status: 202, body: {run: id, created: true}});
    assert.deepEqual(runOf(world, id).input, {...input, epoch: 1});
    await settled(world);
    assert.equal(runOf(world, id).state, 'released');
    assert.equal(runOf(world, runId).state, 'released');
  });

  it('is the same run when asked twice, announced twice', async () => {
    const {world, runId} = await played(STEPS.length);
    const {body} = await post({run: runId}, world);
    const first = {...Object(body)};

    assert.deepEqual((await post({run: runId}, world)).body, {run: first.run, created: false});
    assert.deepEqual(world.messages.slice(-2), [
      {topic: 'run-accepted', runId: first.run},
      {topic: 'run-accepted', runId: first.run},
    ]);
  });

  it('can be run again itself', async () => {
    const {world, runId} = await played(STEPS.length);
    const {input} = runOf(world, runId);
    await post({run: runId}, world);
    const second = runIdOf({...input, epoch: 1});
    world.runs.set(second, {...runOf(world, second), state: 'failed'});

    const {body} = await post({run: second}, world);

    assert.deepEqual(body, {run: runIdOf({...input, epoch: 2}), created: true});
  });

  it('refuses a run that has not ended', async () => {
    const {world, runId} = await played(4);

    await assert.rejects(post({run: runId}, world), {code: 'RUN_ACTIVE', message: /is still tuning/});
    assert.equal(world.runs.size, 1);
  });

  it('refuses an unknown run', async () => {
    const {world} = await played(0);

    await assert.rejects(post({run: 'r0'}, world), {code: 'NO_SUCH_RUN'});
  });
});

describe('rerun of an object', () => {
  it('starts the run whose event never came, the very run the event would start', async () => {
    const {world, runId} = await droppedWorld();

    const {status, body} = await post({object: NAME}, world);

    assert.deepEqual({status, body}, {status: 202, body: {run: runId, created: true}});
    assert.deepEqual(world.messages, [{topic: 'run-accepted', runId}]);
  });

  it('takes the generation it is given', async () => {
    const {world, runId} = await droppedWorld();
    const generation = world.objects.get(`${BUCKETS.data}/${NAME}`)?.info.generation;

    assert.deepEqual((await post({object: NAME, generation}, world)).body, {run: runId, created: true});
    await assert.rejects(post({object: NAME, generation: '1'}, world), {code: 'OBJECT_NOT_FOUND'});
  });

  it('refuses an object that is not there', async () => {
    const {world} = await droppedWorld();

    await assert.rejects(post({object: 'flowers/data/lost.csv'}, world), {
      code: 'OBJECT_NOT_FOUND',
      where: 'gs://the-data/flowers/data/lost.csv',
    });
    assert.equal(world.runs.size, 0);
  });

  for (const object of ['flowers/pipeline.yaml', 'flowers.csv', 'flowers/data/', 'flowers/data/a\u0000']) {
    it(`refuses ${JSON.stringify(object)}, which starts no run`, async () => {
      const {world} = await droppedWorld();

      await assert.rejects(post({object}, world), {code: 'REQUEST_INVALID'});
    });
  }
});

describe('rerun', () => {
  const bodies = [
    undefined,
    '',
    [],
    {},
    {run: 7},
    {run: 'r0', object: NAME},
    {object: ''},
    {object: 'x'.repeat(1025)},
    {object: NAME, generation: '-1'},
    {object: NAME, generation: 1.5},
    {object: NAME, bucket: 'not-ours'},
  ];
  for (const body of bodies) {
    it(`refuses the body ${(JSON.stringify(body) ?? 'undefined').slice(0, 60)}`, async () => {
      const {world} = await droppedWorld();

      await assert.rejects(post(body, world), {code: 'REQUEST_INVALID', hint: /docs\/reference\/http\.md/});
    });
  }
});
