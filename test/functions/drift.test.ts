import assert from 'node:assert/strict';
import {splitData} from '../../functions/split-data.ts';
import type {Run} from '../../shared/domain/run.ts';
import {type Manifest, manifestSchema} from '../../shared/domain/split/manifest.ts';
import {parsePipeline} from '../../shared/pipeline-file.ts';
import {published} from '../support/events.ts';
import type {World} from '../support/memory-ports.ts';
import {dropped} from '../support/services.ts';
import {
  DATA_CSV,
  deliver,
  dies,
  erase,
  PIPELINE_YAML,
  played,
  push,
  pushedWorld,
  runOf,
} from '../support/story.ts';

function manifestOf(run: Run, world: World): Manifest {
  const stored = world.objects.get(run.split?.manifest.slice('gs://'.length) ?? '');
  return manifestSchema.parse(JSON.parse(stored?.bytes.toString() ?? ''));
}

const NAME = 'flowers/data/flowers.csv';
const WIDER = DATA_CSV.replaceAll(/^(\d+),(\d)/gm, '$1,wide$2');
const LONGER = DATA_CSV.replaceAll(/^(\d+)/gm, (length) => String(Number(length) + 1000));

async function withRules(world: World, rules: string): Promise<void> {
  await push(world, PIPELINE_YAML.replace('label: species', `label: species, drift: {${rules}}`));
}

describe('the data of a run', () => {
  it('are compared with those of the newest released run', async () => {
    const world = await pushedWorld();
    const released = await dropped(world, NAME, DATA_CSV);
    const failed = await dropped(world, NAME, WIDER, {tuning: () => ({state: 'failed'})});
    assert.deepEqual([released.state, failed.state], ['released', 'failed']);

    const {drift} = manifestOf(await dropped(world, NAME, WIDER), world);

    assert.equal(drift.against?.run, released.id);
    assert.match(drift.sentence, /of another type: "width" \(number, now text\)\.$/);
  });

  it('are compared with those of the newest released run however many runs came after it', async () => {
    const world = await pushedWorld();
    const released = await dropped(world, NAME, DATA_CSV);
    for (let later = 0; later < 60; later++)
      world.runs.set(`r${later}`, {
        ...released,
        id: `r${later}`,
        state: 'failed',
        createdAt: '2099-01-01T00:00:00.000Z',
      });

    const {drift} = manifestOf(await dropped(world, NAME, WIDER), world);

    assert.equal(drift.against?.run, released.id);
  });

  it('are compared with those of the newest split run when none was released', async () => {
    const world = await pushedWorld();
    const endings = {tuning: () => ({state: 'failed'}) as const};
    await dropped(world, NAME, WIDER, endings);
    const second = await dropped(world, NAME, DATA_CSV, endings);

    const {drift} = manifestOf(await dropped(world, NAME, DATA_CSV, endings), world);

    assert.equal(drift.against?.run, second.id);
    assert.match(drift.sentence, /none has shifted\.$/);
  });

  it('are compared with nothing in the first run of a pipeline', async () => {
    const {world, runId} = await played(1);

    assert.equal(manifestOf(runOf(world, runId), world).drift.against, null);
  });

  it('may drift unless the pipeline says otherwise', async () => {
    const world = await pushedWorld();
    await dropped(world, NAME, DATA_CSV);

    assert.equal((await dropped(world, NAME, LONGER)).state, 'released');
  });

  it('warn of their drift on the run unless it is to be ignored', async () => {
    const world = await pushedWorld();
    await dropped(world, NAME, DATA_CSV);
    const text = WIDER.replaceAll(/^(\d+)/gm, '1$1');

    assert.deepEqual(
      (await dropped(world, NAME, text, {tuning: () => ({state: 'failed'})})).split?.warnings?.map(
        ({code}) => code,
      ),
      ['SCHEMA_DRIFT', 'DATA_DRIFT'],
    );
    await withRules(world, 'columns: ignore, psi: ignore');
    assert.equal((await dropped(world, NAME, text)).split?.warnings, undefined);
  });

  const refusals = [
    {rules: 'columns: fail', text: WIDER, code: 'SCHEMA_DRIFT', message: /another type: "width"/},
    {rules: 'psi: fail', text: LONGER, code: 'DATA_DRIFT', message: /have shifted, .*: "length"/},
  ];
  for (const {rules, text, code, message} of refusals) {
    it(`end it with ${code} under ${rules}, and leave no parts`, async () => {
      const world = await pushedWorld();
      await dropped(world, NAME, DATA_CSV);
      await withRules(world, rules);

      const {id, failure} = await dropped(world, NAME, text);

      assert.equal(failure?.code, code);
      assert.match(failure?.message ?? '', message);
      assert.match(failure?.where ?? '', /flowers\.csv#\d+$/);
      assert.deepEqual(
        [...world.objects.keys()].filter((name) => name.includes(id)),
        [],
      );
    });
  }

  it('refuses a rule that is none', async () => {
    const world = await pushedWorld();
    await withRules(world, 'psi: maybe');

    assert.match(
      (await dropped(world, NAME, DATA_CSV)).failure?.message ?? '',
      /^data\.drift\.psi: .*"warn"\|"fail"\|"ignore"/,
    );
  });

  it('are compared with what another delivery has chosen that began at the same time', async () => {
    const {world, runId} = await played(0);
    const chosen = {run: 'r1', manifest: 'gs://the-runs/flowers/r1/split/manifest.json'};
    world.beforeEffect = (name) => {
      const run = runOf(world, runId);
      if (name !== 'advance to splitting' || run.state !== 'received') return;
      const definition = parsePipeline(PIPELINE_YAML, 'pipeline.yaml');
      world.runs.set(runId, {...run, state: 'splitting', definition, baseline: chosen});
    };

    await deliver(erase(splitData), published('run-accepted', {runId}), world);

    assert.deepEqual(manifestOf(runOf(world, runId), world).drift.against, chosen);
  });

  it('are compared with the same run again when the split is done again', async () => {
    const {world, runId} = await played(0);
    dies(world, (effect) => effect === 'advance to split');
    const event = published('run-accepted', {runId});
    await assert.rejects(deliver(erase(splitData), event, world), /crash/);
    world.beforeEffect = () => {};
    const messages = world.messages.splice(0);
    await dropped(world, 'flowers/data/other.csv', WIDER);
    world.messages.push(...messages);

    await deliver(erase(splitData), event, world);

    const run = runOf(world, runId);
    assert.equal(run.state, 'split', JSON.stringify(run.failure));
    assert.equal(manifestOf(run, world).drift.against, null);
  });
});
