import assert from 'node:assert/strict';
import {useFakeTimers} from 'sinon';
import {type LockMode, Locks} from '../../../local/firestore/locks.ts';

const MINUTE_MS = 60_000;

describe('Locks', () => {
  let locks: Locks;
  let log: string[];

  beforeEach(() => {
    locks = new Locks();
    log = [];
  });

  /** Asks for the keys in a mode, and notes when they were given or refused. */
  function ask(owner: {name: string}, keys: string, mode: LockMode = 'exclusive'): Promise<void> {
    const wanted = new Map([...keys].map((key) => [key, mode]));
    return locks.acquire(owner, wanted).then(
      () => void log.push(`${owner.name} has ${keys}`),
      (error) => void log.push(`${owner.name}: ${error.status}`),
    );
  }

  const [ann, bob, cid] = [{name: 'ann'}, {name: 'bob'}, {name: 'cid'}];

  it('gives an exclusive lock to one after the other, in the order of asking', async () => {
    const all = [ask(ann, 'x'), ask(bob, 'x'), ask(cid, 'x')];
    await all[0];
    locks.release(ann);
    await all[1];
    locks.release(bob);
    await all[2];

    assert.deepEqual(log, ['ann has x', 'bob has x', 'cid has x']);
  });

  it('gives shared locks to many at once', async () => {
    await Promise.all([ask(ann, 'x', 'shared'), ask(bob, 'x', 'shared')]);

    assert.deepEqual(log, ['ann has x', 'bob has x']);
  });

  it('keeps an exclusive lock from sharers', async () => {
    await ask(ann, 'x', 'shared');
    const waiting = [ask(bob, 'x'), ask(cid, 'x', 'shared')];
    locks.release(ann);
    await waiting[0];
    locks.release(bob);
    await waiting[1];

    assert.deepEqual(log, ['ann has x', 'bob has x', 'cid has x']);
  });

  it('lets an owner ask again for what it has', async () => {
    await ask(ann, 'x');
    await ask(ann, 'x', 'shared');
    const waiting = ask(bob, 'x', 'shared');
    await ask(cid, 'y');
    locks.release(ann);
    await waiting;

    assert.deepEqual(log, ['ann has x', 'ann has x', 'cid has y', 'bob has x']);
  });

  it('waits holding nothing', async () => {
    await ask(ann, 'x');
    const both = ask(bob, 'xy');
    await ask({name: 'dot'}, 'z');
    await ask(ann, 'y');
    locks.release(ann);
    await both;

    assert.deepEqual(log, ['ann has x', 'dot has z', 'ann has y', 'bob has xy']);
  });

  it('lets an owner go ahead with an earlier wish once it holds something', async () => {
    await ask(ann, 'x');
    const behind = ask(bob, 'xy');
    const ahead = ask(cid, 'y');
    await ask(cid, 'z');
    await ahead;
    locks.release(cid);
    locks.release(ann);
    await behind;

    assert.deepEqual(log.slice(-1), ['bob has xy']);
  });

  it('refuses at once what could never be given', async () => {
    await Promise.all([ask(ann, 'x'), ask(bob, 'y')]);
    const patient = ask(ann, 'y');
    await ask(bob, 'x');
    locks.release(bob);
    await patient;

    assert.deepEqual(log, ['ann has x', 'bob has y', 'bob: ABORTED', 'ann has y']);
  });

  it('sees a deadlock of three', async () => {
    await Promise.all([ask(ann, 'x'), ask(bob, 'y'), ask(cid, 'z')]);
    const patient = [ask(ann, 'y'), ask(bob, 'z')];
    await ask(cid, 'x');

    assert.equal(log.at(-1), 'cid: ABORTED');
    for (const owner of [cid, bob]) locks.release(owner);
    await Promise.all(patient);
  });

  it('refuses two sharers that both want the lock alone', async () => {
    await Promise.all([ask(ann, 'x', 'shared'), ask(bob, 'x', 'shared')]);
    const patient = ask(ann, 'x');
    await ask(bob, 'x');
    locks.release(bob);
    await patient;

    assert.deepEqual(log.slice(2), ['bob: ABORTED', 'ann has x']);
  });

  it('gives up after a while, and lets the next one pass', async () => {
    const timers = useFakeTimers();
    await ask(ann, 'x');
    const late = ask(bob, 'xy');
    timers.tick(MINUTE_MS);
    await late;
    await ask(cid, 'y');

    assert.deepEqual(log, ['ann has x', 'bob: ABORTED', 'cid has y']);
  });

  it('refuses what an owner still waits for when it lets go', async () => {
    await ask(ann, 'x');
    const waiting = ask(bob, 'x');
    locks.release(bob);
    await waiting;

    assert.deepEqual(log, ['ann has x', 'bob: ABORTED']);
  });
});
