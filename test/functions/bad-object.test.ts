import assert from 'node:assert/strict';
import {receiveData} from '../../functions/receive-data.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {InputObstacle} from '../../shared/domain/split/input-obstacle.ts';
import {assertNothingPaid, assertSays, nextDrop, type Verdict} from '../support/bad-input.ts';
import {finalized} from '../support/events.ts';
import {BUCKETS, memoryPorts} from '../support/memory-ports.ts';
import {settled} from '../support/services.ts';
import {DATA_CSV, deliver, erase, pushedWorld, runOf} from '../support/story.ts';

const NAME = 'flowers/data/flowers.csv';

const REFUSED: Readonly<Record<InputObstacle, Verdict>> = {
  'customer-key': {
    code: 'INPUT_ENCRYPTED',
    message: /encrypted with a key/,
    where: /flowers\.csv#\d+$/,
  },
  'archive-class': {code: 'INPUT_CLASS', message: /class ARCHIVE/, where: /flowers\.csv#\d+$/},
};

describe('an object that is not read', () => {
  for (const obstacle of ['customer-key', 'archive-class'] as const) {
    it(`fails its run without a download, and harms no other: ${obstacle}`, async () => {
      const world = await pushedWorld();
      const object = await memoryPorts(world).objects.put(BUCKETS.data, NAME, DATA_CSV);
      world.objects.set(`${BUCKETS.data}/${NAME}`, {info: {...object, obstacle}, bytes: Buffer.alloc(0)});

      await deliver(erase(receiveData), finalized(object), world);
      await settled(world);

      assertSays(runOf(world, runIdOf({...object, epoch: 0})).failure, REFUSED[obstacle]);
      assertNothingPaid(world);
      assert.equal((await nextDrop(world)).state, 'released');
    });
  }
});
