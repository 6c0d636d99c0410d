import assert from 'node:assert/strict';
import {receiveData} from '../../functions/receive-data.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import {assertNothingPaid, assertSays, nextDrop, type Verdict} from '../support/bad-input.ts';
import {finalized} from '../support/events.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {dropped, settled} from '../support/services.ts';
import {
  DATA_CSV,
  deliver,
  erase,
  PIPELINE_YAML,
  push,
  pushedWorld,
  runOf,
  TRAINER_DIGEST,
} from '../support/story.ts';

const NAME = 'flowers/data/flowers.csv';
const OF_FILE = /^gs:\/\/the-data\/flowers\/data\/flowers\.csv#\d+/;
const OF_DEFINITION = /^gs:\/\/the-data\/flowers\/pipeline\.yaml$/;

interface BadDrop extends Verdict {
  readonly text?: string;
  /** Replaces the good pipeline.yaml. */
  readonly definition?: string;
  /** Removed from the data bucket before the drop. */
  readonly missing?: string;
}

/** The good definition with one thing changed. */
function changed(from: string, to: string): string {
  assert.ok(PIPELINE_YAML.includes(from));
  return PIPELINE_YAML.replace(from, to);
}

const DROPS: Readonly<Record<string, BadDrop>> = {
  'an empty file': {text: '', code: 'DATA_EMPTY', message: /empty/, where: OF_FILE},
  'a file with only a header': {
    text: 'length,width,species\n',
    code: 'DATA_NO_ROWS',
    message: /no rows/,
    where: OF_FILE,
  },
  'a file without the label column': {
    text: DATA_CSV.replace('species', 'kind'),
    code: 'COLUMN_MISSING',
    message: /no column "species"; found: "length", "width", "kind"/,
    where: OF_FILE,
  },
  'a file whose rows are of one class': {
    text: DATA_CSV.replaceAll('rose', 'iris'),
    code: 'LABEL_SINGLE_CLASS',
    message: /same label/,
    where: OF_FILE,
  },
  'a file that is an image': {
    text: '\u0089PNG\r\n\u001a\n\u0000\u0000\u0000',
    code: 'CONTROL_CHAR',
    message: /NUL byte/,
    where: OF_FILE,
  },
  'a pipeline without pipeline.yaml': {
    missing: 'flowers/pipeline.yaml',
    code: 'CONFIG_MISSING',
    message: /pipeline "flowers" has no pipeline\.yaml/,
    where: OF_DEFINITION,
  },
  'a definition that is not YAML': {
    definition: `${PIPELINE_YAML}train: {`,
    code: 'CONFIG_SYNTAX',
    message: /not readable: Flow map/,
    where: OF_DEFINITION,
  },
  'a definition with an unknown key': {
    definition: changed('maxTrials', 'maxTrails'),
    code: 'CONFIG_INVALID',
    message: /tune\.maxTrails is not a known key; did you mean maxTrials\?/,
    where: OF_DEFINITION,
  },
  'a definition with a value of the wrong type': {
    definition: changed('maxTrials: 2', 'maxTrials: "2"'),
    code: 'CONFIG_INVALID',
    message: /tune\.maxTrials: /,
    where: OF_DEFINITION,
  },
  'a definition with one key twice': {
    definition: `${PIPELINE_YAML}name: weeds\n`,
    code: 'CONFIG_SYNTAX',
    message: /keys must be unique at line/,
    where: OF_DEFINITION,
  },
  'a definition whose aliases explode': {
    definition: `a: &a [x, x]\nb: &b [${'*a, '.repeat(30)}x]\nc: [*b, *b]\n`,
    code: 'CONFIG_SYNTAX',
    message: /alias/,
    where: OF_DEFINITION,
  },
  'a definition of another pipeline': {
    definition: changed('name: flowers', 'name: weeds'),
    code: 'CONFIG_INVALID',
    message: /name is "weeds", but .* folder of pipeline "flowers"/,
    where: OF_DEFINITION,
  },
  'a definition that pins no trainer': {
    definition: changed(`source: trainer/${TRAINER_DIGEST}.tar.gz, `, ''),
    code: 'TRAINER_UNPINNED',
    message: /does not name trainer\/<sha256>\.tar\.gz/,
    where: /^flowers\/pipeline\.yaml$/,
  },
  'a trainer that is not in the bucket': {
    missing: `flowers/trainer/${TRAINER_DIGEST}.tar.gz`,
    code: 'TRAINER_MISSING',
    message: /not in the bucket/,
    where: /^gs:\/\/the-data\/flowers\/trainer\/a{64}\.tar\.gz$/,
  },
};

function remove(world: World, name: string): void {
  assert.ok(world.objects.delete(`${BUCKETS.data}/${name}`));
}

describe('a bad drop', () => {
  for (const [title, {text = DATA_CSV, definition, missing, ...verdict}] of Object.entries(DROPS)) {
    it(`fails its run and harms no other: ${title}`, async () => {
      const world = await pushedWorld();
      await push(world, definition);
      if (missing !== undefined) remove(world, missing);

      const run = await dropped(world, NAME, text);

      assert.equal(run.state, 'failed');
      assertSays(run.failure, verdict);
      assert.equal(world.objects.get(`${BUCKETS.data}/${NAME}`)?.bytes.toString(), text);
      assertNothingPaid(world);
      assert.deepEqual(
        world.outbox.map(({topic, body}) => `${topic} ${body.code}`),
        [`run-failed ${verdict.code}`],
      );
      assert.equal((await nextDrop(world)).state, 'released');
    });
  }

  it('fails its run when the file was deleted before it is split', async () => {
    const world = await pushedWorld();
    const object = await memoryPorts(world).objects.put(BUCKETS.data, NAME, DATA_CSV);
    const runId = runIdOf({...object, epoch: 0});
    await deliver(erase(receiveData), finalized(object), world);
    remove(world, NAME);

    await settled(world);

    assertSays(runOf(world, runId).failure, {
      code: 'INPUT_GONE',
      message: /deleted or replaced before it was split/,
      where: OF_FILE,
    });
    assertNothingPaid(world);
    assert.equal((await nextDrop(world)).state, 'released');
  });

  it('fails only the run of the file that was replaced before it is split', async () => {
    const world = await pushedWorld();
    const {objects} = memoryPorts(world);
    const first = await objects.put(BUCKETS.data, NAME, DATA_CSV);
    await deliver(erase(receiveData), finalized(first), world);

    const second = await dropped(world, NAME, `${DATA_CSV}60,1,iris\n`);

    assert.equal(runOf(world, runIdOf({...first, epoch: 0})).failure?.code, 'INPUT_GONE');
    assert.equal(second.state, 'released');
  });
});
