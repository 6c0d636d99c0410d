import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {dropFile} from '../../cli/drop-file.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {finalized} from '../support/events.ts';
import {BUCKETS, emptyWorld, memoryPorts} from '../support/memory-ports.ts';
import {deliver, erase} from '../support/story.ts';

describe('dropFile', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drop-file-'));
  });

  afterEach(() => rm(folder, {recursive: true}));

  it('uploads the file and knows the run that its arrival starts', async () => {
    const world = emptyWorld();
    await writeFile(join(folder, 'flowers.csv'), 'length,species\n');

    const {runId, object} = await dropFile(join(folder, 'flowers.csv'), 'flowers', memoryPorts(world));

    const stored = world.objects.get(`${BUCKETS.data}/flowers/data/flowers.csv`);
    assert.equal(stored?.bytes.toString(), 'length,species\n');
    await deliver(erase(receiveData), finalized(object), world);
    assert.deepEqual([...world.runs.keys()], [runId]);
  });

  it('refuses a file that is not there', async () => {
    const world = emptyWorld();
    const file = join(folder, 'lost.csv');

    await assert.rejects(dropFile(file, 'flowers', memoryPorts(world)), {code: 'FILE_MISSING', where: file});
    assert.equal(world.objects.size, 0);
  });
});
