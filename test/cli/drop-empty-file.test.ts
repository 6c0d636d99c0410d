import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {dropFile} from '../../cli/drop-file.ts';
import {emptyWorld, memoryPorts} from '../support/memory-ports.ts';

describe('dropFile with an empty file', () => {
  it('refuses it at once, for nothing would start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drop-empty-'));
    const world = emptyWorld();
    const file = join(folder, 'empty.csv');
    await writeFile(file, '');

    await assert.rejects(dropFile(file, 'flowers', memoryPorts(world)), {code: 'DATA_EMPTY', where: file});

    assert.equal(world.objects.size, 0);
    await rm(folder, {recursive: true});
  });
});
