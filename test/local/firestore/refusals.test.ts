import assert from 'node:assert/strict';
import {status} from '@grpc/grpc-js';
import type {google} from '../../../local/firestore/protocol.ts';
import {openProtocol, type ProtocolClient, type RunningFirestore, responses} from './firestore-server.ts';

const database = 'projects/local/databases/(default)';
const root = `${database}/documents`;
const one = {integerValue: 1};

describe('the Firestore protocol, refusing', () => {
  let running: RunningFirestore;
  let client: ProtocolClient;
  let close: () => Promise<void>;

  before(async () => {
    ({running, client, close} = await openProtocol());
  });

  after(() => close());

  async function begin(options = {}): Promise<Uint8Array> {
    const [{transaction}] = await client.beginTransaction({database, options});
    assert.ok(transaction instanceof Uint8Array);
    return transaction;
  }

  const runQuery = (structuredQuery: object) =>
    responses(
      client.runQuery({parent: root, structuredQuery: {from: [{collectionId: 'q'}], ...structuredQuery}}),
    );

  const aggregate = (aggregations: object[]) =>
    responses(
      client.runAggregationQuery({
        parent: root,
        structuredAggregationQuery: {structuredQuery: {from: [{collectionId: 'q'}]}, aggregations},
      }),
    );

  it('refuses a transaction it does not know, in words that make the client start over', async () => {
    const commit = client.commit({database, writes: [], transaction: Buffer.from('x')});

    await assert.rejects(commit, {code: status.INVALID_ARGUMENT, message: /transaction has expired/});
  });

  it('refuses to commit a transaction twice', async () => {
    const transaction = await begin();
    await client.commit({database, writes: [], transaction});

    await assert.rejects(client.commit({database, writes: [], transaction}), {code: status.INVALID_ARGUMENT});
  });

  it('refuses to write in a read-only transaction', async () => {
    const transaction = await begin({readOnly: {}});

    const commit = client.commit({database, writes: [{delete: `${root}/c/a`}], transaction});

    await assert.rejects(commit, {code: status.INVALID_ARGUMENT});
  });

  it('refuses to read the future', async () => {
    const readTime = {seconds: Math.floor(Date.now() / 1000) + 100};

    await assert.rejects(client.getDocument({name: `${root}/c/a`, readTime}), {
      code: status.INVALID_ARGUMENT,
    });
  });

  it('refuses the same document twice in a bulk', async () => {
    const write = {update: {name: `${root}/c/a`, fields: {}}};

    await assert.rejects(client.batchWrite({database, writes: [write, write]}), {
      code: status.INVALID_ARGUMENT,
    });
  });

  const WRITES: readonly (readonly [string, google.firestore.v1.IWrite])[] = [
    ['an empty write', {}],
    ['a document of another database', {delete: 'projects/local/databases/other/documents/c/a'}],
    ['a name that is a collection', {delete: `${root}/c`}],
    ['a name with an empty part', {delete: `${root}/c//a/b`}],
    ['a broken field path', {update: {name: `${root}/c/a`}, updateMask: {fieldPaths: ['a..b']}}],
    ['a value without a type', {update: {name: `${root}/c/a`, fields: {a: {}}}}],
    ['a reference to nowhere', {update: {name: `${root}/c/a`, fields: {a: {referenceValue: 'abc'}}}}],
    ['a point off the globe', {update: {name: `${root}/c/a`, fields: {a: {geoPointValue: {latitude: 91}}}}}],
    [
      'an instant beyond the year 9999',
      {update: {name: `${root}/c/a`, fields: {a: {timestampValue: {seconds: 1e12}}}}},
    ],
    ['an empty field name', {update: {name: `${root}/c/a`, fields: {'': one}}}],
    [
      'an increment by a text',
      {
        transform: {
          document: `${root}/c/a`,
          fieldTransforms: [{fieldPath: 'a', increment: {stringValue: 'x'}}],
        },
      },
    ],
    [
      '501 transforms',
      {
        transform: {
          document: `${root}/c/a`,
          fieldTransforms: Array(501).fill({fieldPath: 'a', increment: one}),
        },
      },
    ],
  ];
  for (const [what, write] of WRITES) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(client.commit({database, writes: [write]}), {code: status.INVALID_ARGUMENT});
    });
  }

  const QUERIES = [
    ['two collections at once', {from: [{collectionId: 'a'}, {collectionId: 'b'}]}],
    ['a collection id with a slash', {from: [{collectionId: 'a/b'}]}],
    [
      'an id that is no reference',
      {where: {fieldFilter: {field: {fieldPath: '__name__'}, op: 'EQUAL', value: one}}},
    ],
    ['a list that is no array', {where: {fieldFilter: {field: {fieldPath: 'a'}, op: 'IN', value: one}}}],
    ['an unknown operator', {where: {fieldFilter: {field: {fieldPath: 'a'}, value: one}}}],
    ['an empty filter', {where: {}}],
    ['a cursor longer than the order', {orderBy: [{field: {fieldPath: 'a'}}], startAt: {values: [one, one]}}],
    [
      'a cursor at an id that is no reference',
      {orderBy: [{field: {fieldPath: '__name__'}}], startAt: {values: [one]}},
    ],
  ] as const;
  for (const [what, query] of QUERIES) {
    it(`refuses a query for ${what}`, async () => {
      await assert.rejects(runQuery(query), {code: status.INVALID_ARGUMENT});
    });
  }

  it('refuses no aggregation, six of them, and two of one name', async () => {
    const named = (...aliases: string[]) => aliases.map((alias) => ({alias, count: {}}));

    await assert.rejects(aggregate([]), {code: status.INVALID_ARGUMENT});
    await assert.rejects(aggregate(named(...'abcdef')), {code: status.INVALID_ARGUMENT});
    await assert.rejects(aggregate(named('a', 'a')), {code: status.INVALID_ARGUMENT});
  });

  it('refuses vector search and query plans as not implemented', async () => {
    const findNearest = {vectorField: {fieldPath: 'v'}, queryVector: one, limit: {value: 1}};

    await assert.rejects(runQuery({findNearest}), {code: status.UNIMPLEMENTED});
    await assert.rejects(client.partitionQuery({parent: root}), {code: status.UNIMPLEMENTED});
  });

  it('refuses to listen to a query that it cannot run', async () => {
    const refused = new Promise<Error>((resolve) => {
      running.firestore
        .collection('q')
        .limit(-1)
        .onSnapshot(() => {}, resolve);
    });

    assert.match((await refused).message, /limit is negative/);
  });
});
