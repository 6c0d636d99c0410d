import assert from 'node:assert/strict';
import {receiveData} from '../../functions/receive-data.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import {finalized, published} from '../support/events.ts';
import {BUCKETS, emptyWorld, type World} from '../support/memory-ports.ts';
import {deliver, erase, runOf} from '../support/story.ts';

const OBJECT = {bucket: BUCKETS.data, name: 'flowers/data/2026/flowers.csv', generation: '1767225600000002'};
const RUN_ID = runIdOf({...OBJECT, epoch: 0});
const stage = erase(receiveData);

function accepted(world: World): string[] {
  return world.messages.map(({topic, runId}) => `${topic} ${runId}`);
}

describe('receive-data', () => {
  it('makes one run of a data object and announces it', async () => {
    const world = emptyWorld();

    await deliver(stage, finalized(OBJECT), world);

    const {pipeline, input, state} = runOf(world, RUN_ID);
    assert.deepEqual(
      {pipeline, input, state},
      {pipeline: 'flowers', input: {...OBJECT, epoch: 0}, state: 'received'},
    );
    assert.deepEqual(accepted(world), [`run-accepted ${RUN_ID}`]);
  });

  it('makes the same run of a message that the object is ready', async () => {
    const world = emptyWorld();
    const {generation, ...rest} = OBJECT;

    await deliver(stage, published('data-ready', {...rest, generation: Number(generation)}), world);

    assert.deepEqual([...world.runs.keys()], [RUN_ID]);
  });

  it('does not read the object, which need not be there yet for this stage', async () => {
    const world = emptyWorld();

    await deliver(stage, finalized(OBJECT), world);

    assert.equal(world.objects.size, 0);
    assert.equal(runOf(world, RUN_ID).state, 'received');
  });

  it('announces again on redelivery while nobody has taken the run up', async () => {
    const world = emptyWorld();

    await deliver(stage, finalized(OBJECT), world);
    await deliver(stage, finalized(OBJECT), world);

    assert.equal(world.runs.size, 1);
    assert.equal(runOf(world, RUN_ID).rev, 1);
    assert.deepEqual(accepted(world), [`run-accepted ${RUN_ID}`, `run-accepted ${RUN_ID}`]);
  });

  it('says nothing more once the run has gone on', async () => {
    const world = emptyWorld();
    await deliver(stage, finalized(OBJECT), world);
    world.runs.set(RUN_ID, {...runOf(world, RUN_ID), state: 'splitting'});

    await deliver(stage, finalized(OBJECT), world);

    assert.equal(accepted(world).length, 1);
  });

  it('makes another run of a replaced object', async () => {
    const world = emptyWorld();

    await deliver(stage, finalized(OBJECT), world);
    await deliver(stage, finalized({...OBJECT, generation: '1767225600000003'}), world);

    assert.equal(world.runs.size, 2);
  });

  const others = [
    'flowers/pipeline.yaml',
    'flowers/trainer/abc.tar.gz',
    'flowers/data/',
    'flowers/data/flowers.csv.part',
    'gcloud/tmp/parallel_composite_uploads/part1',
  ];
  for (const name of others) {
    it(`passes over ${name}, which is neither data nor a mistake`, async () => {
      const world = emptyWorld();

      await deliver(stage, finalized({...OBJECT, name}), world);

      assert.equal(world.runs.size + world.rejects.size + world.messages.length, 0);
    });
  }

  it('counts a rejected object that is told of again as one reject', async () => {
    const world = emptyWorld();
    const event = finalized({...OBJECT, name: 'lost.csv'});

    await deliver(stage, event, world);
    await deliver(stage, event, world);

    assert.deepEqual(
      [...world.rejects.values()].map(({source, count, complaint}) => [source, count, complaint.code]),
      [['gs://the-data/lost.csv', 2, 'OBJECT_UNKNOWN']],
    );
  });

  describe('told of a table', () => {
    const TABLE = {pipeline: 'flowers', table: 'bq://the-project.sales.orders'};
    const MICROS = '1767225600000000';

    function allowing(): World {
      return {...emptyWorld(), sources: {inlineBytes: 10, datasets: ['the-project.sales']}};
    }

    it('makes one run of it as it was when the message was published', async () => {
      const world = allowing();

      await deliver(stage, published('data-ready', TABLE), world);
      await deliver(stage, published('data-ready', TABLE), world);

      const [run, ...others] = world.runs.values();
      assert.deepEqual([run?.pipeline, others], ['flowers', []]);
      assert.deepEqual(run?.input, {
        bucket: 'bq',
        name: 'flowers/the-project.sales.orders',
        generation: MICROS,
        epoch: 0,
      });
      assert.equal(accepted(world)[0], `run-accepted ${run?.id}`);
    });

    it('makes another run of another snapshot, exact to the microsecond', async () => {
      const world = allowing();

      await deliver(
        stage,
        published('data-ready', {...TABLE, snapshot: '2026-01-01T00:00:00.123456789Z'}),
        world,
      );

      assert.equal([...world.runs.values()][0]?.input.generation, '1767225600123456');
    });

    const refused: readonly (readonly [string, object, string])[] = [
      ['of a dataset that is not allowed', {table: 'bq://the-project.hr.salaries'}, 'TABLE_NOT_ALLOWED'],
      ['for what is no pipeline', {pipeline: 'Flowers!'}, 'OBJECT_UNKNOWN'],
      ['with a backtick in its name', {table: 'bq://the-project.sales.a`b'}, 'EVENT_INVALID'],
      ['that is no table', {table: 'bq://the-project.sales'}, 'EVENT_INVALID'],
      ['at no instant', {snapshot: 'yesterday'}, 'EVENT_INVALID'],
      ['with more than the event has', {bucket: 1}, 'EVENT_INVALID'],
    ];
    for (const [name, change, code] of refused) {
      it(`rejects one ${name}`, async () => {
        const world = allowing();

        await deliver(stage, published('data-ready', {...TABLE, ...change}), world);

        assert.equal(world.runs.size, 0);
        assert.equal([...world.rejects.values()][0]?.complaint.code, code);
      });
    }
  });
});
