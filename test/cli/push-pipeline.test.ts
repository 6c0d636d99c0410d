import assert from 'node:assert/strict';
import {cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parse} from 'yaml';
import {packTrainer} from '../../cli/pack-trainer.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {pushPipeline, readPipelineFolder} from '../../cli/push-pipeline.ts';
import {sha256Hex} from '../../shared/domain/ids.ts';
import {parsePipeline} from '../../shared/pipeline-file.ts';
import {BUCKETS, emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';

const DEFINITION = `# Tells flowers apart.
name: flowers
data: { label: species }
split: {}
trainer: { source: my-trainer, framework: scikit-learn, frameworkVersion: "1.6" } # ours
tune: { metric: accuracy, maxTrials: 2, parameters: { alpha: { discrete: [1, 2] } } }
serve: { model: flowers, endpoint: flowers }
`;

describe('pushPipeline', () => {
  let folder: string;
  let world: World;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'push-pipeline-'));
    world = emptyWorld();
    await writeFile(join(folder, 'pipeline.yaml'), DEFINITION);
    await mkdir(join(folder, 'my-trainer'));
    await writeFile(join(folder, 'my-trainer', 'Dockerfile'), 'FROM python:3.12');
  });

  afterEach(() => rm(folder, {recursive: true}));

  function stored(name: string): Buffer {
    const object = world.objects.get(`${BUCKETS.data}/flowers/${name}`);
    assert.ok(object, name);
    return object.bytes;
  }

  it('uploads the trainer under its digest and the definition that names it', async () => {
    const {pipeline, trainer, isNewTrainer} = await pushPipeline(folder, memoryPorts(world));

    const {archive, sha256} = await packTrainer(join(folder, 'my-trainer'));
    assert.equal(trainer, `trainer/${sha256}.tar.gz`);
    assert.ok(isNewTrainer);
    assert.ok(stored(trainer).equals(archive));
    assert.equal(pipeline.name, 'flowers');
    assert.equal(parsePipeline(stored('pipeline.yaml').toString(), '').pipeline.trainer.source, trainer);
  });

  it('changes nothing else that the definition says, comments included', async () => {
    const {trainer} = await pushPipeline(folder, memoryPorts(world));

    const text = stored('pipeline.yaml').toString();
    assert.deepEqual(parse(text), parse(DEFINITION.replace('my-trainer', trainer)));
    for (const comment of ['# Tells flowers apart.', '# ours']) assert.ok(text.includes(comment), comment);
  });

  it('uploads an unchanged trainer once', async () => {
    await pushPipeline(folder, memoryPorts(world));
    const before = world.objects.size;

    assert.ok(!(await pushPipeline(folder, memoryPorts(world))).isNewTrainer);
    assert.equal(world.objects.size, before);
  });

  it('keeps the earlier trainer beside a changed one, for the runs that are under way', async () => {
    const earlier = await pushPipeline(folder, memoryPorts(world));
    await writeFile(join(folder, 'my-trainer', 'train.py'), '');

    const later = await pushPipeline(folder, memoryPorts(world));

    assert.ok(later.isNewTrainer);
    assert.notEqual(later.trainer, earlier.trainer);
    stored(earlier.trainer);
  });

  it("takes Millrace's own trainer when the definition names none", async () => {
    await cp(join(projectFolder, 'examples', 'digits', 'pipeline.yaml'), join(folder, 'pipeline.yaml'));

    const {trainer} = await pushPipeline(folder, memoryPorts(world));

    const {sha256} = await packTrainer(join(projectFolder, 'trainer'));
    assert.equal(trainer, `trainer/${sha256}.tar.gz`);
  });

  it('refuses a folder without pipeline.yaml', async () => {
    const empty = join(folder, 'my-trainer');

    await assert.rejects(pushPipeline(empty, memoryPorts(world)), {
      code: 'CONFIG_MISSING',
      where: join(empty, 'pipeline.yaml'),
      hint: /examples\//,
    });
  });

  it('uploads nothing of a definition that is wrong', async () => {
    await writeFile(join(folder, 'pipeline.yaml'), DEFINITION.replace('label', 'lable'));

    await assert.rejects(pushPipeline(folder, memoryPorts(world)), {
      code: 'CONFIG_INVALID',
      message: /data\.lable is not a known key; did you mean label\?/,
      where: join(folder, 'pipeline.yaml'),
    });
    assert.equal(world.objects.size, 0);
  });

  it('uploads nothing when the trainer cannot be packed', async () => {
    await rm(join(folder, 'my-trainer', 'Dockerfile'));

    await assert.rejects(pushPipeline(folder, memoryPorts(world)), {code: 'TRAINER_INCOMPLETE'});
    assert.equal(world.objects.size, 0);
  });

  describe('with a compiled pipeline', () => {
    const compile = (names: string[]) =>
      JSON.stringify({
        schemaVersion: '2.1.0',
        deploymentSpec: {executors: {train: {container: {image: 'millrace/trainer'}}}},
        root: {
          inputDefinitions: {
            parameters: Object.fromEntries(names.map((name) => [name, {parameterType: 'STRING'}])),
          },
        },
      });
    const takesAll = compile(['training_dataset_path', 'test_dataset_path', 'model_dir', 'alpha']);

    beforeEach(() =>
      writeFile(
        join(folder, 'pipeline.yaml'),
        DEFINITION.replace('source:', 'kind: pipeline, spec: training.yaml, source:'),
      ),
    );

    it('uploads it under its digest, and names it so', async () => {
      await writeFile(join(folder, 'training.yaml'), `# compiled\n${takesAll}\n---\nplatforms: {}\n`);

      await pushPipeline(folder, memoryPorts(world));

      const {trainer} = parsePipeline(stored('pipeline.yaml').toString(), 'x').pipeline;
      const text = stored(trainer.spec ?? '').toString();
      assert.equal(trainer.spec, `trainer/${sha256Hex(text)}.json`);
      assert.deepEqual(JSON.parse(text), JSON.parse(takesAll));
    });

    const broken: [string, string, string][] = [
      ['that does not take a hyperparameter', takesAll.replace('alpha', 'beta'), 'PIPELINE_INPUTS'],
      ['with an image that can change', takesAll.replace('millrace/trainer', 'python:3'), 'PIPELINE_SPEC'],
      ['that is none', 'a: 1', 'PIPELINE_SPEC'],
    ];
    for (const [what, text, code] of broken) {
      it(`refuses one ${what}`, async () => {
        await writeFile(join(folder, 'training.yaml'), text);

        await assert.rejects(pushPipeline(folder, memoryPorts(world)), {code});
        assert.ok(!world.objects.has(`${BUCKETS.data}/flowers/pipeline.yaml`));
      });
    }

    it('refuses one that is not told of the slices the gate looks at', async () => {
      await writeFile(join(folder, 'training.yaml'), takesAll);
      const definition = DEFINITION.replace('source:', 'kind: pipeline, spec: training.yaml, source:');
      await writeFile(join(folder, 'pipeline.yaml'), `${definition}gate: { slices: [species] }\n`);

      await assert.rejects(pushPipeline(folder, memoryPorts(world)), {
        code: 'PIPELINE_INPUTS',
        message: /slice_columns/,
      });
    });

    it('refuses one that cannot be read', () =>
      assert.rejects(pushPipeline(folder, memoryPorts(world)), {code: 'PIPELINE_SPEC'}));
  });
});

describe('readPipelineFolder', () => {
  it('gives text and definition', async () => {
    const {text, pipeline} = await readPipelineFolder(join(projectFolder, 'examples', 'digits'));

    assert.match(text, /^# /);
    assert.equal(pipeline.data.label, 'digit');
  });
});
