import assert from 'node:assert/strict';
import {type SinonFakeTimers, useFakeTimers} from 'sinon';
import {DocumentStore, type Documents} from '../../../local/firestore/document-store.ts';
import {openState, type State} from '../../../local/state.ts';
import {removeFolder, stateFolder} from './firestore-server.ts';

const COLLECTION = 'projects/p/databases/d/documents/c';

describe('DocumentStore', () => {
  let folder: string;
  let state: State;
  let timers: SinonFakeTimers;
  let store: DocumentStore;

  beforeEach(async () => {
    folder = await stateFolder();
    timers = useFakeTimers({now: 1_000_000, toFake: ['Date']});
    state = openState(folder);
    store = new DocumentStore(state);
  });

  afterEach(async () => {
    state.close();
    await removeFolder(folder);
  });

  /** Commits the numbers under their ids, undefined as a deletion. @returns when */
  function commit(numbers: Record<string, number | undefined>): number {
    const micros = store.clock.commitMicros();
    const changes = Object.entries(numbers).map(([id, n]) => {
      const name = `${COLLECTION}/${id}`;
      const document = {
        name,
        fields: {n: {integerValue: String(n)}},
        createMicros: micros,
        updateMicros: micros,
      };
      return [name, n === undefined ? undefined : document] as const;
    });
    store.commit(new Map(changes), micros);
    return micros;
  }

  function numbersIn(documents: Documents): Record<string, string> {
    const found = [...documents.inCollection(COLLECTION)].map(({name, fields}) => {
      const value = fields.n;
      assert.ok(value && 'integerValue' in value);
      assert.equal(documents.find(name)?.fields.n, value);
      return [name.slice(COLLECTION.length + 1), value.integerValue];
    });
    return Object.fromEntries(found);
  }

  it('shows the documents as they were at each commit', () => {
    const first = commit({a: 1, b: 1});
    const second = commit({a: 2, c: 2});
    const third = commit({a: undefined, b: 3});

    assert.deepEqual(numbersIn(store.at(first)), {a: '1', b: '1'});
    assert.deepEqual(numbersIn(store.at(second)), {a: '2', b: '1', c: '2'});
    assert.deepEqual(numbersIn(store.at(third)), {b: '3', c: '2'});
  });

  it('shows a collection that has been deleted since', () => {
    const before = commit({a: 1});
    commit({a: undefined});

    assert.deepEqual([...store.collectionPaths()], []);
    assert.deepEqual([...store.at(before).collectionPaths()], [COLLECTION]);
  });

  it('refuses to look back beyond five minutes', () => {
    const micros = commit({a: 1});

    timers.tick(300_001);

    assert.throws(() => store.at(micros), {status: 'FAILED_PRECONDITION'});
  });

  it('refuses to look back beyond its start', () => {
    const micros = commit({a: 1});
    timers.tick(1000);

    const restarted = new DocumentStore(state);

    assert.throws(() => restarted.at(micros), {status: 'FAILED_PRECONDITION'});
  });

  it('refuses to look ahead', () => {
    assert.throws(() => store.at(1_000_001 * 1000), {status: 'INVALID_ARGUMENT'});
  });

  it('has all documents again after a kill', () => {
    commit({a: 1, b: 1});
    commit({a: undefined, b: 2});
    const second = openState(folder);

    const restarted = new DocumentStore(second);

    assert.deepEqual(numbersIn(restarted), {b: '2'});
    second.close();
  });

  it('goes on from its last time after a restart with an earlier system clock', () => {
    const last = commit({a: 1});
    timers.setSystemTime(0);

    const restarted = new DocumentStore(state);

    assert.ok(restarted.clock.commitMicros() > last);
  });
});
