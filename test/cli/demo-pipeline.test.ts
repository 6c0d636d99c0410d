import assert from 'node:assert/strict';
import {access, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {digits, onAiPlatform, pipelineFor} from '../../cli/demo-pipeline.ts';
import {servedBy} from '../../shared/domain/serving.ts';
import {parsePipeline} from '../../shared/pipeline-file.ts';

describe('the demo pipeline', () => {
  it('is an example that lies in the repository, with its data', async () => {
    const text = await readFile(join(digits.folder, 'pipeline.yaml'), 'utf8');
    const {pipeline} = parsePipeline(text, 'pipeline.yaml');

    const [header] = (await readFile(digits.data, 'utf8')).split('\n');
    assert.ok(header?.split(',').includes(pipeline.data.label));
  });
});

describe('pipelineFor', () => {
  let work: string;

  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), 'demo-pipeline-'));
  });

  afterEach(() => rm(work, {recursive: true}));

  async function definitionFor(data: string, label: string) {
    const {folder} = await pipelineFor(data, label, work);
    return parsePipeline(await readFile(join(folder, 'pipeline.yaml'), 'utf8'), '').pipeline;
  }

  it("writes the example's pipeline with the names and the label of one's own file", async () => {
    const {name, data, serve, gate, tune} = await definitionFor('/data/My Flowers (2).csv', 'species');

    assert.equal(name, 'my-flowers-2');
    assert.equal(data.label, 'species');
    const {model, endpoint} = servedBy({name, serve});
    assert.deepEqual([model, endpoint], ['my-flowers-2', 'my-flowers-2']);
    assert.deepEqual(gate.minimum, {});
    assert.equal(tune.metric, 'accuracy');
  });

  it('leaves the data where they are', async () => {
    const {folder, data} = await pipelineFor('/data/flowers.csv', 'species', work);

    assert.equal(data, '/data/flowers.csv');
    assert.equal(folder, join(work, 'flowers'));
    await assert.rejects(access(join(folder, 'flowers.csv')));
  });

  it('can be moved to AI Platform, which takes it', async () => {
    const own = await pipelineFor('/data/flowers.csv', 'species', work);

    for (const pipeline of [digits, own]) {
      const {folder, data} = await onAiPlatform(pipeline, work);
      const text = await readFile(join(folder, 'pipeline.yaml'), 'utf8');
      assert.equal(parsePipeline(text, '').pipeline.platform, 'ai-platform');
      assert.equal(data, pipeline.data);
    }
  });

  it('can be written again with another label', async () => {
    await definitionFor('flowers.csv', 'species');

    assert.equal((await definitionFor('flowers.csv', 'colour')).data.label, 'colour');
  });

  for (const label of ['2020', 'yes', 'null', 'a: b', '# x', '"quoted"', ' spaced ', '*alias']) {
    it(`keeps the label ${JSON.stringify(label)} a text`, async () => {
      assert.equal((await definitionFor('flowers.csv', label)).data.label, label);
    });
  }

  const names = {
    'Flowers.CSV': 'flowers',
    '2024-sales.csv': 'sales',
    'a.b.c.csv': 'a-b-c',
    '_x_.csv': 'x',
    '2024.csv': 'own-data',
    'блюдо.csv': 'own-data',
    '.csv': 'csv',
    [`${'a'.repeat(39)} b.csv`]: 'a'.repeat(39),
  };
  for (const [file, name] of Object.entries(names)) {
    it(`calls the pipeline of ${file} ${name}`, async () => {
      assert.equal(basename((await pipelineFor(file, 'species', work)).folder), name);
    });
  }
});
