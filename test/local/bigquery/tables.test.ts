import assert from 'node:assert/strict';
import type {bigquery_v2} from 'googleapis/build/src/apis/bigquery/v2.js';
import {exportClause, partQuery} from '../../../shared/domain/split/bigquery-sql.ts';
import {PARTS, splitSchema} from '../../../shared/domain/split/split-definition.ts';
import {BUCKET, type LocalBigQuery, startBigQuery} from './start-bigquery.ts';

const PROJECT = {projectId: 'the-project'};
const LOCATION = 'us-central1';

describe('a table of BigQuery on this machine', () => {
  let local: LocalBigQuery;

  const DATASET = {...PROJECT, datasetId: 'sales'};
  const TABLE = {...DATASET, tableId: 'orders'};
  const schema = {
    fields: [
      {name: 'id', type: 'INTEGER'},
      {name: 'text', type: 'STRING'},
      {name: 'big', type: 'INTEGER'},
    ],
  };

  before(async () => {
    local = await startBigQuery();
    await local.client.datasets.insert({
      ...PROJECT,
      requestBody: {datasetReference: DATASET, location: LOCATION},
    });
    await local.client.tables.insert({...DATASET, requestBody: {tableReference: TABLE, schema}});
    const rows = [{json: {text: 'a', id: '1'}}, {json: {big: '9007199254740993'}}];
    await local.client.tabledata.insertAll({...TABLE, requestBody: {rows}});
  });

  after(() => local.close());

  function queriesOf(micros: bigint, folder: string): string[] {
    const source = {
      kind: 'table',
      table: 'the-project.sales.orders',
      snapshotMicros: String(micros),
    } as const;
    const split = splitSchema.parse({});
    return PARTS.map(
      (part) =>
        exportClause(`gs://${BUCKET}/${folder}/${part}-*.csv`) +
        partQuery({source, split, part, key: {kind: 'row'}}),
    );
  }

  async function failureOf(jobId: string, query: string): Promise<bigquery_v2.Schema$ErrorProto | undefined> {
    const requestBody = {
      jobReference: {...PROJECT, jobId, location: LOCATION},
      configuration: {query: {query, useLegacySql: false}},
    };
    await local.client.jobs.insert({...PROJECT, requestBody});
    const asked = {...PROJECT, jobId, location: LOCATION};
    await local.client.jobs.getQueryResults(asked).catch(() => {});
    return (await local.client.jobs.get(asked)).data.status?.errorResult ?? undefined;
  }

  async function exported(micros: bigint, folder: string): Promise<string[]> {
    for (const [index, query] of queriesOf(micros, folder).entries())
      assert.equal(await failureOf(`${folder}-${index}`, query), undefined);
    return Object.values(await local.textsOf(`${folder}/`))
      .join('')
      .trimEnd()
      .split('\n')
      .sort();
  }

  it('exports its rows as JSON in the order of its columns', async () => {
    assert.deepEqual(await exported(BigInt(Date.now()) * 1000n, 'now'), [
      '"{""id"":1,""text"":""a"",""big"":null}"',
      '"{""id"":null,""text"":null,""big"":""9007199254740993""}"',
    ]);
  });

  it('refuses an instant that is to come, that was before the table, or is out of reach', async () => {
    const nowMicros = BigInt(Date.now()) * 1000n;
    for (const [index, micros] of [nowMicros + 60_000_000n, nowMicros - 3_600_000_000n, 1n].entries()) {
      const [query = ''] = queriesOf(micros, `past-${index}`);
      const failure = await failureOf(`past-${index}`, query);
      assert.match(failure?.message ?? '', /Invalid snapshot time/);
    }
  });

  it('answers for dataset and table, and refuses a second one', async () => {
    assert.equal((await local.client.datasets.get(DATASET)).data.location, LOCATION);
    assert.equal((await local.client.tables.get(TABLE)).data.numRows, '2');
    const second = {...PROJECT, requestBody: {datasetReference: DATASET}};
    await assert.rejects(local.client.datasets.insert(second), {status: 409});
    await assert.rejects(
      local.client.tables.insert({...DATASET, requestBody: {tableReference: TABLE, schema}}),
      {status: 409},
    );
  });

  it('does not know what nobody made', async () => {
    await assert.rejects(local.client.datasets.get({...PROJECT, datasetId: 'none'}), {status: 404});
    await assert.rejects(local.client.tables.get({...DATASET, tableId: 'none'}), {status: 404});
    await assert.rejects(
      local.client.tables.insert({
        ...PROJECT,
        datasetId: 'none',
        requestBody: {tableReference: TABLE, schema},
      }),
      {
        status: 404,
      },
    );
    await assert.rejects(
      local.client.tabledata.insertAll({...TABLE, requestBody: {rows: [{json: {colour: 1}}]}}),
      {
        status: 400,
        message: /no such field: colour/,
      },
    );
  });
});
