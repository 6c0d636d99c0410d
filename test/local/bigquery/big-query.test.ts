import assert from 'node:assert/strict';
import type {bigquery_v2} from 'googleapis/build/src/apis/bigquery/v2.js';
import {exportClause, type PartQuery, partQuery} from '../../../shared/domain/split/bigquery-sql.ts';
import {splitSchema} from '../../../shared/domain/split/split-definition.ts';
import {BUCKET, type LocalBigQuery, startBigQuery} from './start-bigquery.ts';

type Body = bigquery_v2.Schema$Job;

const PROJECT = {projectId: 'the-project'};
const LOCATION = 'us-central1';
const ROWS = Array.from({length: 40}, (_, index) => `${index},"a, ""${index}"""`);

/** Everything in one part, so that all rows are there. */
const ALL: PartQuery = {
  source: {kind: 'lines'},
  key: {kind: 'row'},
  split: splitSchema.parse({}),
  part: 'training',
};

function source(uri = `gs://${BUCKET}/source.csv`): bigquery_v2.Schema$ExternalDataConfiguration {
  return {
    sourceFormat: 'CSV',
    sourceUris: [uri],
    schema: {fields: [{name: 'record', type: 'STRING'}]},
    csvOptions: {
      encoding: 'UTF-8',
      fieldDelimiter: '\u0001',
      quote: '',
      skipLeadingRows: '1',
      preserveAsciiControlCharacters: true,
    },
  };
}

function bodyOf(jobId: string, {query = exportOf(jobId), table = source()} = {}): Body {
  return {
    jobReference: {...PROJECT, jobId, location: LOCATION},
    configuration: {query: {query, useLegacySql: false, tableDefinitions: {source: table}}},
  };
}

function exportOf(
  folder: string,
  query: Partial<PartQuery> = {},
  uri = `gs://${BUCKET}/${folder}/x-*.csv`,
): string {
  return exportClause(uri) + partQuery({...ALL, ...query});
}

describe('BigQuery on this machine', () => {
  let local: LocalBigQuery;

  before(async () => {
    local = await startBigQuery();
    await local.storage
      .bucket(BUCKET)
      .file('source.csv')
      .save(['id,text', ...ROWS, ''].join('\n'));
  });

  after(() => local.close());

  function insert(requestBody: Body) {
    return local.client.jobs.insert({...PROJECT, requestBody});
  }

  /** The job when it has ended. */
  async function ended(jobId: string): Promise<Body> {
    const asked = {...PROJECT, jobId, location: LOCATION};
    await local.client.jobs.getQueryResults({...asked, timeoutMs: 5000}).catch(() => {});
    return (await local.client.jobs.get(asked)).data;
  }

  it('exports each part of a file, and every row once', async () => {
    for (const part of ['training', 'validation', 'test'] as const)
      await insert(bodyOf(`split-${part}`, {query: exportOf(`parts/${part}`, {part})}));
    const jobs = await Promise.all(['training', 'validation', 'test'].map((part) => ended(`split-${part}`)));

    const rows = jobs.map(({statistics}) => Number(statistics?.query?.exportDataStatistics?.rowCount));
    assert.equal(
      rows.reduce((sum, count) => sum + count),
      ROWS.length,
    );
    const texts = Object.values(await local.textsOf('parts/'));
    const quoted = ROWS.map((row) => `"${row.replaceAll('"', '""')}"`);
    assert.deepEqual(texts.join('').trimEnd().split('\n').sort(), quoted.sort());
  });

  it('says in the job what it did', async () => {
    const {data} = await insert(bodyOf('told'));
    assert.deepEqual([data.kind, data.status?.state], ['bigquery#job', 'PENDING']);

    const {status, statistics, jobReference} = await ended('told');
    assert.deepEqual(jobReference, {...PROJECT, jobId: 'told', location: LOCATION});
    assert.deepEqual([status?.state, status?.errorResult], ['DONE', undefined]);
    assert.equal(statistics?.query?.exportDataStatistics?.fileCount, '1');
  });

  it('takes the id of a job once, whatever became of it', async () => {
    await insert(bodyOf('once'));
    await ended('once');

    await assert.rejects(insert(bodyOf('once')), {
      status: 409,
      message: /^Already Exists: Job the-project:us-central1.once/,
    });
  });

  it('knows a job in its own location only', async () => {
    await insert(bodyOf('here'));

    const elsewhere = {...PROJECT, jobId: 'here', location: 'EU'};
    await assert.rejects(local.client.jobs.get(elsewhere), {
      status: 404,
      message: /Not found: Job the-project:EU.here/,
    });
    await assert.rejects(local.client.jobs.get({...PROJECT, jobId: 'here'}), {status: 404});
  });

  it('goes on with a job after a kill, and writes the same', async () => {
    await insert(bodyOf('resumed'));
    const again = await local.again();
    const {data} = await again.client.jobs.getQueryResults({
      ...PROJECT,
      jobId: 'resumed',
      location: LOCATION,
    });

    assert.equal(data.jobComplete, true);
    assert.equal(Object.keys(await again.textsOf('resumed/')).length, 1);
    await again.stop();
  });

  const failures: readonly (readonly [string, Body, string, RegExp])[] = [
    [
      'a file that is not there',
      bodyOf('f1', {table: source(`gs://${BUCKET}/none`)}),
      'notFound',
      /Not found: URI gs:\/\/the-bucket\/none/,
    ],
    [
      'a bucket that is not there',
      bodyOf('f2', {query: exportOf('', {}, 'gs://no-bucket/x-*.csv')}),
      'notFound',
      /Bucket no-bucket/,
    ],
    [
      'a URI without a wildcard',
      bodyOf('f3', {query: exportOf('', {}, `gs://${BUCKET}/x.csv`)}),
      'invalidQuery',
      /wildcard/,
    ],
    [
      'a URI with two wildcards',
      bodyOf('f4', {query: exportOf('', {}, `gs://${BUCKET}/*-*.csv`)}),
      'invalidQuery',
      /wildcard/,
    ],
    [
      'objects that are there already',
      bodyOf('f5', {query: exportOf('', {}, `gs://${BUCKET}/sou*.csv`)}),
      'invalid',
      /has existing files/,
    ],
    [
      'a bucket elsewhere',
      {...bodyOf('f6'), jobReference: {...PROJECT, jobId: 'f6', location: 'EU'}},
      'invalid',
      /different locations/,
    ],
    [
      'a table of no dataset',
      bodyOf('f7', {
        query: exportOf('f7', {source: {kind: 'table', table: 'the-project.d.t', snapshotMicros: '1'}}),
      }),
      'notFound',
      /Dataset the-project:d was not found in location us-central1/,
    ],
    [
      'the delimiter in a line',
      bodyOf('f8', {table: {...source(), csvOptions: {...source().csvOptions, fieldDelimiter: ','}}}),
      'invalidQuery',
      /Too many values/,
    ],
  ];
  for (const [name, body, reason, message] of failures) {
    it(`fails a job on ${name}`, async () => {
      await insert(body);
      const {jobId = '', location = ''} = body.jobReference as Record<'jobId' | 'location', string>;
      const asked = {...PROJECT, jobId, location};
      await assert.rejects(local.client.jobs.getQueryResults(asked), {status: 400, message});
      const {data} = await local.client.jobs.get(asked);

      assert.equal(data.status?.errorResult?.reason, reason);
      assert.match(data.status?.errorResult?.message ?? '', message);
    });
  }

  const refusals: readonly (readonly [string, object, RegExp])[] = [
    [
      'another statement',
      bodyOf('r1', {query: 'SELECT 1'}),
      /Not supported by the stand-in: "SELECT 1" at \[1:1\]/,
    ],
    [
      'legacy SQL',
      {...bodyOf('r2'), configuration: {query: {query: exportOf('r2'), useLegacySql: true}}},
      /GoogleSQL only/,
    ],
    ['a field that the service does not have', {...bodyOf('r3'), colour: 'red'}, /Unknown name "colour"/],
    ['an id with a slash', {...bodyOf('r4'), jobReference: {jobId: 'a/b'}}, /jobReference.jobId/],
    ['a job that is no query', {...bodyOf('r5'), configuration: {load: {}}}, /configuration/],
    [
      'a source with quotes',
      bodyOf('r6', {table: {...source(), csvOptions: {...source().csvOptions, quote: '"'}}}),
      /no quotes/,
    ],
  ];
  for (const [name, body, message] of refusals) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(insert(body), {status: 400, message});
    });
  }
});
