import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {askModel} from '../../cli/ask-model.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {failedSince, played, STEPS} from '../support/story.ts';

describe('askModel', () => {
  let folder: string;
  let world: World;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ask-model-'));
    ({world} = await played(STEPS.length));
  });

  afterEach(() => rm(folder, {recursive: true}));

  const ask = async (content: string | Buffer) => {
    const file = join(folder, 'rows');
    await writeFile(file, content);
    return askModel('flowers', file, memoryPorts(world));
  };

  it('shows the label of a row beside the answer, and which version gave it', async () => {
    assert.deepEqual(await ask('species,width,length\niris,1,2\n,3,4\n'), {
      version: '1',
      rows: [{label: 'iris', prediction: 'yes'}, {prediction: 'yes'}],
    });
  });

  it('takes JSON instances and gzip for a pipeline of CSV', async () => {
    const {rows} = await ask(gzipSync('[1, 2]\n{"length": 3, "width": 4}\n'));

    assert.equal(rows.length, 2);
  });

  it('finds the champion behind any number of runs that released nothing', async () => {
    failedSince(world, 150);

    assert.equal((await ask('[1, 2]\n')).version, '1');
  });

  it('refuses by what the champion was trained on, before the model is asked', async () => {
    world.endpoints.clear();

    await assert.rejects(ask('length,width\n1,wide\n'), {code: 'INSTANCE_VALUE', where: 'line 2'});
    await assert.rejects(ask('length,height\n1,2\n'), {code: 'COLUMN_MISSING'});
  });

  it("gives the service's own refusal", async () => {
    world.endpoints.clear();

    await assert.rejects(ask('[1, 2]\n'), {code: 'SERVICE_REFUSED', message: /no endpoint flowers/});
  });

  it('refuses a pipeline that has released nothing, and a file that is not there', async () => {
    await assert.rejects(askModel('trees', folder, memoryPorts(world)), {code: 'FILE_MISSING'});
    await writeFile(join(folder, 'rows'), '[1, 2]');

    await assert.rejects(askModel('trees', join(folder, 'rows'), memoryPorts(world)), {
      code: 'NOTHING_SERVED',
      message: 'no run of pipeline "trees" was released',
    });
  });

  it('refuses a pipeline whose model has no champion any more', async () => {
    world.champions.clear();

    await assert.rejects(ask('[1, 2]\n'), {code: 'NOTHING_SERVED', message: /has no champion/});
  });
});
