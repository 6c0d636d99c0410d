import assert from 'node:assert/strict';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import {followBatch, predictBatch} from '../../cli/predict-batch.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {finalized} from '../support/events.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, erase, PIPELINE_YAML, played, push, STEPS} from '../support/story.ts';

const NAME = 'flowers/batch/rows.csv';
const URI = `gs://${BUCKETS.data}/${NAME}`;
const CSV = 'species,width,length\niris,1,2\nrose,3,4\n';

describe('predictBatch', () => {
  let world: World;

  beforeEach(async () => {
    ({world} = await played(STEPS.length));
  });

  const put = (content: string | Buffer) =>
    memoryPorts(world).objects.put(BUCKETS.data, NAME, Readable.from([content], {objectMode: false}));
  const predict = (uri = URI) => predictBatch('flowers', uri, memoryPorts(world));
  const end = (state: 'succeeded' | 'failed' | 'cancelled', more: object = {}) => {
    for (const [name, {job, request}] of world.batches)
      world.batches.set(name, {request, job: {...job, state, ...more}});
  };
  const written = () => [...world.objects.keys()].filter((name) => name.includes('.predictions/'));

  it('asks the champion about the rows as lists without labels, beside the object', async () => {
    await put(CSV);

    const {job, version, folder} = await predict();

    const [[, {request} = assert.fail()] = assert.fail(), ...others] = world.batches;
    assert.deepEqual(others, []);
    assert.deepEqual([version, folder, job.state], ['1', `${URI}.predictions`, 'waiting']);
    const {key, instancesUri, ...rest} = request;
    assert.match(key, /^b[0-9a-v]{26}$/);
    assert.deepEqual(rest, {version: 'flowers@1', outputUri: folder, machineType: 'n1-standard-2'});
    const instances = world.objects.get(instancesUri.replace('gs://', ''));
    assert.equal(instances?.bytes.toString(), '[2,1]\n[4,3]\n');
  });

  it('asks once about a generation, however often it is typed', async () => {
    await put(CSV);
    const {job} = await predict();
    const rows = {predicted: 2, failed: 0};
    end('succeeded', {rows, resultsUri: `${URI}.predictions/p`});

    const again = await predict();

    assert.deepEqual([again.job.name, again.job.rows, world.batches.size], [job.name, rows, 1]);
  });

  it('asks again about another generation, and about the same one by another version', async () => {
    await put(CSV);
    await predict();
    await put(`${CSV}rose,5,6\n`);
    await predict();
    const first = world.versions.get('flowers@1');
    assert.ok(first);
    world.versions.set('flowers@2', {...first, name: 'flowers@2', version: '2'});
    world.champions.set('flowers', '2');

    const {version} = await predict();

    assert.deepEqual([version, world.batches.size, written().length], ['2', 3, 3]);
  });

  for (const state of ['failed', 'cancelled'] as const) {
    it(`tries again after a job that is ${state}, and tells why`, async () => {
      await put(CSV);
      await predict();
      end(state, {why: 'the server died'});

      const {earlier, job} = await predict();

      assert.deepEqual([earlier, job.state, world.batches.size], ['the server died', 'waiting', 2]);
    });
  }

  it('unzips, and takes JSON Lines', async () => {
    await put(gzipSync('[1, 2]\n{"width": 4, "length": 3}\n'));

    await predict();

    const [name = ''] = written();
    assert.equal(world.objects.get(name)?.bytes.toString(), '[1,2]\n[3,4]\n');
  });

  it('needs no endpoint', async () => {
    world.endpoints.clear();
    const [[id, run] = assert.fail()] = world.runs;
    assert.ok(run.definition);
    const {definition} = run;
    const pipeline = {...definition.pipeline, serve: 'none' as const};
    world.runs.set(id, {...run, definition: {...definition, pipeline}});
    await put(CSV);

    await predict();

    const [batch] = world.batches.values();
    assert.equal(batch?.request.machineType, 'n1-standard-4');
  });

  it('writes nothing that starts a run', async () => {
    await put(CSV);
    await predict();
    const runs = world.runs.size;

    for (const {info} of [...world.objects.values()].filter(({info: {name}}) => name.startsWith(NAME)))
      await deliver(erase(receiveData), finalized(info), world);

    assert.deepEqual([world.runs.size, world.rejects.size], [runs, 0]);
  });

  describe('refuses, and pays nothing,', () => {
    afterEach(() => {
      assert.equal(world.batches.size, 0);
      assert.deepEqual(written(), []);
    });

    const places: readonly (readonly [uri: string, code: string])[] = [
      ['rows.csv', 'BATCH_PLACE'],
      ['gs://the-data', 'BATCH_PLACE'],
      ['gs://the-data/flowers/data/flowers.csv', 'BATCH_PLACE'],
      ['gs://the-data/rows.csv', 'BATCH_PLACE'],
      ['gs://the-runs/flowers/r1/split/test.csv', 'BUCKET_NOT_ALLOWED'],
      ['gs://the-admissions/x', 'BUCKET_NOT_ALLOWED'],
      [URI, 'OBJECT_NOT_FOUND'],
      ['gs://somebody-elses/rows.csv', 'OBJECT_NOT_FOUND'],
    ];
    for (const [uri, code] of places)
      it(`${uri} as ${code}`, () => assert.rejects(predict(uri), {code, where: uri, hint: /\.$|batch\/$/}));

    const contents: readonly (readonly [what: string, content: string, complaint: object])[] = [
      ['an empty object', '', {code: 'DATA_EMPTY'}],
      ['a workbook', 'PK\x03\x04..', {code: 'DATA_BINARY'}],
      ['a missing column', 'length\n1\n', {code: 'COLUMN_MISSING', message: /"width"/}],
      ['an unknown column', 'length,width,age\n1,2,3\n', {code: 'COLUMN_UNKNOWN'}],
      ['a row of another length', 'length,width\n1,2\n1\n', {code: 'INSTANCE_SHAPE', where: 'line 3'}],
      ['a word among numbers', 'length,width\n1,2\n1,wide\n', {code: 'INSTANCE_VALUE', where: 'line 3'}],
      ['JSON that is cut off', '[1, 2]\n[3', {code: 'JSONL_SYNTAX', where: 'line 2'}],
    ];
    for (const [what, content, complaint] of contents) {
      it(what, async () => {
        await put(content);

        await assert.rejects(predict(), complaint);
      });
    }

    it('a pipeline that has released nothing', async () => {
      await push(world, PIPELINE_YAML.replace('name: flowers', 'name: trees'));

      await assert.rejects(predictBatch('trees', URI, memoryPorts(world)), {code: 'NOTHING_SERVED'});
    });

    it('a platform without batch predictions for our models', async () => {
      await put(CSV);
      const ports = memoryPorts(world);
      const {batches: _, ...platform} = ports.platforms.vertex;

      await assert.rejects(predictBatch('flowers', URI, {...ports, platforms: {vertex: platform}}), {
        code: 'BATCH_NOT_OFFERED',
        hint: /millrace predict/,
      });
    });
  });

  describe('followed', () => {
    it('gives the rows and the results once the job has ended', async () => {
      await put(CSV);
      const begun = await predict();
      end('succeeded', {rows: {predicted: 1, failed: 1}, resultsUri: `${URI}.predictions/p`});

      const {job} = await followBatch('flowers', begun, memoryPorts(world));

      assert.deepEqual([job.rows, job.resultsUri], [{predicted: 1, failed: 1}, `${URI}.predictions/p`]);
    });

    it('refuses to call a failed job a result', async () => {
      await put(CSV);
      const begun = await predict();
      end('failed', {why: 'the server died'});

      await assert.rejects(followBatch('flowers', begun, memoryPorts(world)), {
        code: 'BATCH_FAILED',
        message: /the server died/,
        where: begun.job.name,
      });
    });
  });
});
