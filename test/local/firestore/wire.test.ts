import assert from 'node:assert/strict';
import {once} from 'node:events';
import {status} from '@grpc/grpc-js';
import {
  clientOf,
  openProtocol,
  type ProtocolClient,
  type RunningFirestore,
  responses,
} from './firestore-server.ts';

const database = 'projects/local/databases/(default)';
const root = `${database}/documents`;
const one = {integerValue: 1};

describe('the Firestore protocol', () => {
  let running: RunningFirestore;
  let client: ProtocolClient;
  let close: () => Promise<void>;

  before(async () => {
    ({running, client, close} = await openProtocol());
  });

  after(() => close());

  it('creates a document under an id of its own making', async () => {
    const [created] = await client.createDocument({
      parent: root,
      collectionId: 'made',
      document: {fields: {one}},
    });

    assert.match(created.name ?? '', /\/made\/[A-Za-z0-9]{20}$/);
  });

  it('refuses to create a document twice', async () => {
    const request = {parent: root, collectionId: 'made', documentId: 'twice', document: {}};
    await client.createDocument(request);

    await assert.rejects(client.createDocument(request), {code: status.ALREADY_EXISTS});
  });

  it('updates only what the mask names and answers only what the other mask names', async () => {
    const name = `${root}/made/masked`;
    await client.updateDocument({document: {name, fields: {a: one, b: one, c: one}}});

    const [updated] = await client.updateDocument({
      document: {name, fields: {a: {integerValue: 2}, c: {integerValue: 2}}},
      updateMask: {fieldPaths: ['a', 'b']},
      mask: {fieldPaths: ['a', 'c']},
    });

    const [read] = await client.getDocument({name});
    assert.deepEqual(Object.keys(read.fields ?? {}).sort(), ['a', 'c']);
    assert.deepEqual([updated.fields?.a?.integerValue, updated.fields?.c?.integerValue], ['2', '1']);
  });

  it('deletes by name', async () => {
    const name = `${root}/made/gone`;
    await client.updateDocument({document: {name}});

    await client.deleteDocument({name});

    await assert.rejects(client.getDocument({name}), {code: status.NOT_FOUND});
  });

  it('still takes the transforms of older clients', async () => {
    const transform = {document: `${root}/made/old`, fieldTransforms: [{fieldPath: 'n', increment: one}]};

    const [answer] = await client.commit({database, writes: [{transform}]});

    assert.equal(answer.writeResults?.[0]?.transformResults?.[0]?.integerValue, '1');
  });

  it('keeps databases apart', async () => {
    const other = clientOf(running.port, 'other');
    await running.firestore.doc('apart/a').set({n: 1});

    assert.equal((await other.doc('apart/a').get()).exists, false);
    assert.deepEqual(await other.listCollections(), []);
    await other.terminate();
  });

  it('pages through lists of documents and collections', async () => {
    for (const id of ['a', 'b', 'c']) await running.firestore.doc(`pages/${id}/below-${id}/x`).set({});
    const request = {parent: root, collectionId: 'pages', showMissing: true, pageSize: 2};

    const [documents] = await client.listDocuments(request, {autoPaginate: true});
    const [, , first] = await client.listDocuments(request, {autoPaginate: false});
    const [, , last] = await client.listDocuments(
      {...request, pageToken: first.nextPageToken ?? ''},
      {autoPaginate: false},
    );

    assert.deepEqual(
      documents.map(({name}) => name?.slice(-1)),
      ['a', 'b', 'c'],
    );
    assert.deepEqual([first.documents?.length, last.documents?.length, last.nextPageToken], [2, 1, '']);
  });

  it('counts up to a bound', async () => {
    await running.firestore.doc('q/a').set({n: 1});
    await running.firestore.doc('q/b').set({n: 1});

    const [answer] = await responses(
      client.runAggregationQuery({
        parent: root,
        structuredAggregationQuery: {
          structuredQuery: {from: [{collectionId: 'q'}]},
          aggregations: [{count: {upTo: {value: 1}}}, {count: {}}],
        },
      }),
    );

    const {field_1: bounded, field_2: all} = answer.result.aggregateFields;
    assert.deepEqual([bounded.integerValue, all.integerValue], ['1', '2']);
  });

  it('leaves the largest or smallest number, whichever side it is on', async () => {
    const doc = `${root}/made/extremes`;
    const fields = {a: {integerValue: 3}, b: {integerValue: 3}, c: {doubleValue: 3}, d: {stringValue: 'x'}};
    const updateTransforms = [
      {fieldPath: 'a', maximum: {doubleValue: 3.5}},
      {fieldPath: 'b', minimum: {integerValue: 5}},
      {fieldPath: 'c', maximum: {integerValue: 3}},
      {fieldPath: 'd', minimum: {integerValue: 7}},
      {fieldPath: 'e', maximum: {doubleValue: Number.NaN}},
    ];

    await client.commit({database, writes: [{update: {name: doc, fields}, updateTransforms}]});

    const [read] = await client.getDocument({name: doc});
    const {a, b, c, d, e} = read.fields ?? {};
    assert.deepEqual(
      [a?.doubleValue, b?.integerValue, c?.doubleValue, d?.integerValue, e?.doubleValue],
      [3.5, '3', 3, '7', Number.NaN],
    );
  });

  it('does not lock documents for a reader that has hung up', async () => {
    const name = `${root}/made/wanted`;
    const [{transaction}] = await client.beginTransaction({database});
    assert.ok(transaction instanceof Uint8Array);
    await responses(client.batchGetDocuments({database, documents: [name], transaction}));

    const waiting = client.batchGetDocuments({database, documents: [name], newTransaction: {}});
    await once(waiting, 'metadata');
    waiting.cancel();
    await once(waiting, 'error');
    // The server knows by the time it has answered something else.
    await client.listCollectionIds({parent: root});
    await client.commit({database, writes: [], transaction});

    const [updated] = await client.updateDocument({document: {name, fields: {one}}});
    assert.equal(updated.name, name);
  });
});
