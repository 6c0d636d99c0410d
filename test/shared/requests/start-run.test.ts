import assert from 'node:assert/strict';
import {runIdOf} from '../../../shared/domain/ids.ts';
import {tableOf} from '../../../shared/domain/table.ts';
import {BUCKETS, emptyWorld, type World} from '../../support/memory-ports.ts';
import {post} from '../../support/requests.ts';
import {droppedWorld} from '../../support/story.ts';

const NAME = 'flowers/data/flowers.csv';

describe('start', () => {
  it('makes the run whose event never came, the very run the event would make', async () => {
    const {world, runId} = await droppedWorld();

    assert.equal(await post({action: 'start', object: NAME}, world), runId);
    assert.deepEqual(world.messages, [{topic: 'run-accepted', runId}]);
  });

  it('takes the generation it is given', async () => {
    const {world, runId} = await droppedWorld();
    const generation = world.objects.get(`${BUCKETS.data}/${NAME}`)?.info.generation;

    assert.equal(await post({action: 'start', object: NAME, generation}, world), runId);
    await assert.rejects(post({action: 'start', object: NAME, generation: '1'}, world), {
      code: 'OBJECT_NOT_FOUND',
    });
  });

  it('refuses an object that is not there', async () => {
    const {world} = await droppedWorld();

    await assert.rejects(post({action: 'start', object: 'flowers/data/lost.csv'}, world), {
      code: 'OBJECT_NOT_FOUND',
      where: 'gs://the-data/flowers/data/lost.csv',
    });
    assert.equal(world.runs.size, 0);
  });

  for (const object of ['flowers/pipeline.yaml', 'flowers.csv', 'flowers/data/', 'flowers/data/a\u0000']) {
    it(`refuses ${JSON.stringify(object)}, which starts no run`, async () => {
      const {world} = await droppedWorld();

      await assert.rejects(post({action: 'start', object}, world), {code: 'REQUEST_INVALID'});
    });
  }
});

describe('start, of a table,', () => {
  const allowing = (): World => ({
    ...emptyWorld(),
    sources: {inlineBytes: 1, datasets: ['the-project.sales']},
  });
  const BODY = {
    action: 'start',
    pipeline: 'flowers',
    table: 'bq://the-project.sales.orders',
    snapshot: '2026-01-01T00:00:00Z',
  };

  it('makes the run that a message with this snapshot would make, however often it is asked', async () => {
    const world = allowing();
    const input = {
      bucket: 'bq',
      name: 'flowers/the-project.sales.orders',
      generation: '1767225600000000',
      epoch: 0,
    };

    const run = await post(BODY, world);
    await post(BODY, world);

    assert.equal(run, runIdOf(input));
    assert.deepEqual(
      [...world.runs.values()].map(({input}) => tableOf(input)),
      [{table: 'the-project.sales.orders', snapshotMicros: '1767225600000000'}],
    );
    assert.deepEqual(world.messages[0], {topic: 'run-accepted', runId: run});
  });

  for (const [what, change, code] of [
    ['without a snapshot, which would be another one next time', {snapshot: undefined}, 'REQUEST_INVALID'],
    ['whose snapshot is no instant in UTC', {snapshot: '2026-01-01'}, 'REQUEST_INVALID'],
    ['that is no table', {table: 'bq://the-project.sales'}, 'REQUEST_INVALID'],
    ['with a field of an object', {generation: '1'}, 'REQUEST_INVALID'],
    ['of a dataset that is not allowed', {table: 'bq://the-project.hr.salaries'}, 'TABLE_NOT_ALLOWED'],
    ['for what is no pipeline', {pipeline: '../flowers'}, 'OBJECT_UNKNOWN'],
  ] as const) {
    it(`refuses one ${what}`, async () => {
      const world = allowing();

      await assert.rejects(post({...BODY, ...change}, world), {code});
      assert.equal(world.runs.size, 0);
    });
  }
});
