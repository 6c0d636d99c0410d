import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {bigquery_v2} from 'googleapis/build/src/apis/bigquery/v2.js';
import pino from 'pino';
import {followRun} from '../../cli/follow-run.ts';
import {type LocalProject, startLocalProject} from '../../cli/local-project.ts';
import {verify} from '../../cli/verify-split.ts';
import {splitData} from '../../functions/split-data.ts';
import {readConfig} from '../../shared/config.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import {handle} from '../../shared/handle.ts';
import type {Ports} from '../../shared/ports.ts';
import {readManifest} from '../../shared/read-manifest.ts';
import {published} from '../support/events.ts';
import {PIPELINE_YAML} from '../support/story.ts';

const ROWS = Array.from(
  {length: 2500},
  (_, index) => `${index % 900},"a ""${index}"", b",${index % 2 ? 'iris' : 'rose'}`,
);
const CSV = ['length,text,species', ...ROWS, ''].join('\n');
const KEYED = PIPELINE_YAML.replace('split: {}', 'split: {key: [length, species], salt: x}');

/** Real functions, the real workflow in the interpreter, a stand-in for BigQuery that hashes by itself. */
describe('a big split on this machine', function () {
  this.timeout(60_000);
  let folder: string;
  let project: LocalProject;
  let ports: Ports;
  const environment = {...process.env};

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'big-split-'));
    project = await startLocalProject({folder, port: 0});
    Object.assign(process.env, project.env);
    ports = googleCloud(readConfig(process.env));
  });

  after(async () => {
    process.env = environment;
    await project.close();
    await rm(folder, {recursive: true});
  });

  /** The run has no trainer, so it ends behind the split. */
  async function ended(runId: string): Promise<Run> {
    return followRun(runId, ports);
  }

  /** A run on a file that no event has told of. */
  async function runOn(text: string, file: string): Promise<string> {
    await ports.objects.put(ports.buckets.data, 'flowers/pipeline.yaml', KEYED);
    // No data folder, so nobody starts a run by itself.
    const {bucket, name, generation} = await ports.objects.put(
      ports.buckets.data,
      `flowers/trainer/${file}`,
      text,
    );
    const input = {bucket, name, generation, epoch: 0};
    await ports.runs.create({id: runIdOf(input), pipeline: 'flowers', input});
    return runIdOf(input);
  }

  /** Looks at the run as a function with a limit of so many bytes does. */
  async function look(runId: string, inlineBytes: number): Promise<void> {
    const limited = {...ports, sources: {inlineBytes, datasets: []}};
    await handle(splitData, limited, pino({level: 'silent'}))(published('run-accepted', {runId}));
  }

  async function recordsOf({split}: Run): Promise<string[][]> {
    const uris = Object.values(split?.parts ?? {}).map(({uri}) => uri.slice('gs://'.length));
    return Promise.all(
      uris.map(async (path) => {
        const [bucket = '', ...name] = path.split('/');
        const object = await ports.objects.find(bucket, name.join('/'));
        return object === undefined ? [] : (await ports.objects.readText(object)).split('\n').sort();
      }),
    );
  }

  it('puts the same records into the same parts as the split of a small file', async () => {
    const big = await runOn(CSV, 'big');
    await look(big, 10);
    await look(big, 10);
    const bigRun = await ended(big);
    const small = await runOn(CSV, 'small');
    await look(small, 1e9);
    const smallRun = await ended(small);

    assert.deepEqual([bigRun.failure?.code, smallRun.failure?.code], ['TRAINER_MISSING', 'TRAINER_MISSING']);
    assert.deepEqual(await recordsOf(bigRun), await recordsOf(smallRun));
    const manifests = await Promise.all(
      [bigRun, smallRun].map((run) => readManifest(run.split?.manifest ?? '', ports)),
    );
    assert.deepEqual(manifests[0]?.bucketCounts, manifests[1]?.bucketCounts);
    assert.equal(manifests[0]?.staged?.training.rows, manifests[0]?.parts.training.rows);
    assert.deepEqual((await verify(big, ports)).differences, []);
  });

  it('ends a run that BigQuery refuses with its reason', async () => {
    const runId = await runOn(CSV.replace('"a ""7"", b"', '"a\n"'), 'torn');

    await look(runId, 10);

    assert.equal((await ended(runId)).failure?.code, 'QUOTED_LINE_BREAK');
  });

  it('splits a table that a message names', async () => {
    const client = new bigquery_v2.Bigquery({rootUrl: `${project.httpUrl}/`, auth: 'key'});
    const projectId = 'millrace-local';
    const datasetId = 'millrace';
    const fields = [
      {name: 'length', type: 'INTEGER'},
      {name: 'species', type: 'STRING'},
    ];
    const tableReference = {projectId, datasetId, tableId: 'flowers'};
    const datasetReference = {projectId, datasetId};
    await client.datasets.insert({projectId, requestBody: {datasetReference, location: 'us-central1'}});
    await client.tables.insert({projectId, datasetId, requestBody: {tableReference, schema: {fields}}});
    const rows = Array.from({length: 300}, (_, index) => ({
      json: {length: index % 100, species: index % 2 ? 'iris' : 'rose'},
    }));
    await client.tabledata.insertAll({...tableReference, requestBody: {rows}});
    const definition = PIPELINE_YAML.replace('name: flowers', 'name: table')
      .replace('data: {label', 'data: {format: jsonl, label')
      .replace('split: {}', 'split: {key: [length]}');
    await ports.objects.put(ports.buckets.data, 'table/pipeline.yaml', definition);

    await publish({pipeline: 'table', table: `bq://${projectId}.${datasetId}.flowers`});

    const run = await ended(await runOfPipeline('table'));
    assert.equal(run.failure?.code, 'TRAINER_MISSING');
    const manifest = await readManifest(run.split?.manifest ?? '', ports);
    assert.deepEqual(
      manifest?.bucketCounts.reduce((sum, count) => sum + count),
      300,
    );
    assert.deepEqual(manifest?.columns, ['length', 'species']);
  });

  async function publish(body: object): Promise<void> {
    const url = `${project.httpUrl}/v1/projects/millrace-local/topics/data-ready:publish`;
    const data = Buffer.from(JSON.stringify(body)).toString('base64');
    const answer = await fetch(url, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({messages: [{data}]}),
    });
    assert.equal(answer.status, 200);
  }

  async function runOfPipeline(pipeline: string): Promise<string> {
    for (;;) {
      const [run] = await ports.runs.list({pipeline, limit: 1});
      if (run !== undefined) return run.id;
    }
  }
});
