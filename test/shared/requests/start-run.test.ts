import assert from 'node:assert/strict';
import {BUCKETS} from '../../support/memory-ports.ts';
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
