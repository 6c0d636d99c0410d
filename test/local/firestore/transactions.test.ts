import assert from 'node:assert/strict';
import {type SinonFakeTimers, useFakeTimers} from 'sinon';
import {DocumentStore} from '../../../local/firestore/document-store.ts';
import {type LockSet, Locks} from '../../../local/firestore/locks.ts';
import {Transactions} from '../../../local/firestore/transactions.ts';
import {openState, type State} from '../../../local/state.ts';
import {removeFolder, stateFolder} from './firestore-server.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
const X: LockSet = new Map([['x', 'exclusive']]);
const CLOSED = {status: 'INVALID_ARGUMENT', message: /transaction has expired/};

describe('Transactions', () => {
  let folder: string;
  let state: State;
  let timers: SinonFakeTimers;
  let locks: Locks;
  let transactions: Transactions;

  beforeEach(async () => {
    folder = await stateFolder();
    timers = useFakeTimers({now: NOON, toFake: ['Date', 'setTimeout', 'clearTimeout']});
    state = openState(folder);
    locks = new Locks();
    transactions = new Transactions(new DocumentStore(state), locks);
  });

  afterEach(async () => {
    state.close();
    await removeFolder(folder);
  });

  const idOf = ({id}: {id: string}) => Buffer.from(id);

  it('closes after 60 idle seconds', () => {
    const id = idOf(transactions.begin({}));

    timers.tick(59_999);
    assert.ok(transactions.use(id));
    timers.tick(60_000);

    assert.throws(() => transactions.use(id), CLOSED);
  });

  it('closes after 270 seconds, however busy', () => {
    const id = idOf(transactions.begin({}));
    for (let i = 0; i < 9; i++) {
      timers.tick(29_999);
      transactions.use(id);
    }

    timers.tick(30_000);

    assert.throws(() => transactions.use(id), CLOSED);
  });

  it('lets the next one at its documents when it expires', async () => {
    await transactions.lock(transactions.begin({}), X);
    timers.tick(50_000);
    const next = transactions.begin({});

    const waiting = transactions.lock(next, X);
    timers.tick(10_000);
    await waiting;

    assert.ok(transactions.use(idOf(next)));
  });

  it('closes when it is refused a lock', async () => {
    await transactions.lock(transactions.begin({}), X);
    const second = transactions.begin({});

    const waiting = transactions.lock(second, X);
    timers.tick(15_000);

    await assert.rejects(waiting, {status: 'ABORTED'});
    assert.throws(() => transactions.use(idOf(second)), CLOSED);
  });

  it('closes by a rollback, and by a second one no more', () => {
    const id = idOf(transactions.begin({}));

    transactions.rollback(id);
    transactions.rollback(id);

    assert.throws(() => transactions.use(id), CLOSED);
  });

  it('refuses to read the future', () => {
    const readTime = {seconds: String(NOON / 1000 + 60)};

    assert.throws(() => transactions.begin({readOnly: {readTime}}), {status: 'INVALID_ARGUMENT'});
  });

  it('refuses to read what is forgotten', () => {
    timers.tick(600_000);
    const readTime = {seconds: String(NOON / 1000 + 1)};

    assert.throws(() => transactions.begin({readOnly: {readTime}}), {status: 'FAILED_PRECONDITION'});
  });
});
