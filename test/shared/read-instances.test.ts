import assert from 'node:assert/strict';
import {readInstances} from '../../shared/read-instances.ts';
import {memoryPorts} from '../support/memory-ports.ts';
import {played, putObject, runOf} from '../support/story.ts';

/** A run that is split, with this text for its test part. */
async function splitRun(text: string) {
  const {world, runId} = await played(1);
  putObject(world, `flowers/${runId}/split/test.csv`, Buffer.from(text));
  return {run: runOf(world, runId), ports: memoryPorts(world), world};
}

const HEADER = 'length,width,species\n';

describe('readInstances', () => {
  it('gives the first rows and their labels, no more than asked for', async () => {
    const {run, ports} = await splitRun(`${HEADER}1,2,iris\n3,4,rose\n5,6,iris\n`);

    assert.deepEqual(await readInstances(run, 2, ports), {
      columns: ['length', 'width'],
      instances: [
        [1, 2],
        [3, 4],
      ],
      labels: ['iris', 'rose'],
    });
  });

  it('gives a last row that ends without a line break', async () => {
    const {run, ports} = await splitRun(`${HEADER}1,2,iris\n3,4,rose`);

    assert.deepEqual((await readInstances(run, 9, ports)).labels, ['iris', 'rose']);
  });

  it('reads only the beginning of a large part, whole rows of it', async () => {
    const row = `1,${'x'.repeat(1000)},iris\n`;
    const {run, ports} = await splitRun(HEADER + row.repeat(4000));

    const {labels} = await readInstances(run, 4000, ports);

    assert.ok(labels.length > 2000 && labels.length < 2500, `${labels.length} rows`);
    assert.ok(labels.every((label) => label === 'iris'));
  });

  it('refuses a run whose test part is gone', async () => {
    const {run, ports, world} = await splitRun('');
    world.objects.clear();

    await assert.rejects(readInstances(run, 5, ports), {
      code: 'TEST_PART_GONE',
      where: `gs://the-runs/flowers/${run.id}/split/test.csv`,
      hint: /splits again/,
    });
  });

  it('refuses a run that was never split', async () => {
    const {run, ports} = await splitRun('');
    const {split: _, ...unsplit} = run;

    await assert.rejects(readInstances(unsplit, 5, ports), {code: 'RUN_INCOMPLETE', message: /has no split/});
  });
});
