import {strict as assert} from 'node:assert';
import {Backlog, type Delivery, type PendingMessage} from '../../../local/pubsub/backlog.ts';

const LEASE_MS = 10_000;
const RETENTION_MS = 600_000;

function backlogOf(pending = new Map<string, PendingMessage>(), ordered = false) {
  return new Backlog(pending, {ordered, retentionMs: RETENTION_MS});
}

function message(id: number, {orderingKey = '', data = ''} = {}) {
  return {id: String(id), publishedMs: 0, data, attributes: {n: '1'}, orderingKey};
}

const idsOf = (deliveries: readonly Delivery[]) => deliveries.map((delivery) => delivery.message.id);

describe('Backlog', () => {
  it('hands out the oldest messages first', () => {
    const backlog = backlogOf();
    for (const id of [1, 2, 3]) backlog.add(message(id));

    assert.deepEqual(idsOf(backlog.take(2, 0, LEASE_MS)), ['1', '2']);
    assert.deepEqual(idsOf(backlog.take(2, 0, LEASE_MS)), ['3']);
  });

  it('counts attempts from one', () => {
    const backlog = backlogOf();
    backlog.add(message(1));
    const [first] = backlog.take(1, 0, LEASE_MS);

    backlog.putBack(first!.ackId, 0, 0);

    assert.equal(first!.attempt, 1);
    assert.equal(backlog.take(1, 0, LEASE_MS)[0]!.attempt, 2);
  });

  it('rests a failed message until its time has come', () => {
    const backlog = backlogOf();
    backlog.add(message(1));
    const [first] = backlog.take(1, 0, LEASE_MS);

    backlog.putBack(first!.ackId, 0, 5000);
    backlog.wake(4999);
    assert.equal(backlog.hasReady, false);
    assert.equal(backlog.nextMs(), 5000);

    backlog.wake(5000);
    assert.equal(backlog.hasReady, true);
  });

  it('names the leases that have run out of time', () => {
    const backlog = backlogOf();
    backlog.add(message(1));
    backlog.add(message(2));
    const [first, second] = backlog.take(2, 0, LEASE_MS);

    backlog.extend(second!.ackId, 2 * LEASE_MS);

    assert.deepEqual(backlog.expired(LEASE_MS - 1), []);
    assert.deepEqual(backlog.expired(LEASE_MS), [first!.ackId]);
  });

  it('takes no more bytes at once than a response may hold', () => {
    const backlog = backlogOf();
    const data = 'A'.repeat(6 * 1024 * 1024);
    for (const id of [1, 2]) backlog.add(message(id, {data}));

    assert.deepEqual(idsOf(backlog.take(10, 0, LEASE_MS)), ['1']);
    assert.deepEqual(idsOf(backlog.take(10, 0, LEASE_MS)), ['2']);
  });

  it('drops messages older than the retention', () => {
    const pending = new Map<string, PendingMessage>();
    const backlog = backlogOf(pending);
    backlog.add(message(1));

    assert.deepEqual(backlog.take(1, RETENTION_MS, LEASE_MS), []);
    assert.equal(pending.size, 0);
  });

  it('ignores an acknowledgement of an earlier delivery', () => {
    const backlog = backlogOf();
    backlog.add(message(1));
    const [first] = backlog.take(1, 0, LEASE_MS);
    backlog.putBack(first!.ackId, 0, 0);
    const [second] = backlog.take(1, 0, LEASE_MS);

    backlog.acknowledge(first!.ackId);
    backlog.putBack(first!.ackId, 0, 0);

    assert.equal(backlog.lease(second!.ackId), second);
  });

  it('holds later messages of an ordering key back until the earlier one is acknowledged', () => {
    const backlog = backlogOf(new Map(), true);
    for (const id of [1, 2]) backlog.add(message(id, {orderingKey: 'run'}));
    backlog.add(message(3, {orderingKey: 'other'}));

    const [first, other] = backlog.take(10, 0, LEASE_MS);
    assert.deepEqual(idsOf([first!, other!]), ['1', '3']);
    backlog.putBack(first!.ackId, 0, 0);
    const [again] = backlog.take(10, 0, LEASE_MS);
    assert.equal(again!.message.id, '1');
    backlog.acknowledge(again!.ackId);

    assert.deepEqual(idsOf(backlog.take(10, 0, LEASE_MS)), ['2']);
  });

  it('opens the way for an ordering key when its first message is too old', () => {
    const backlog = backlogOf(new Map(), true);
    backlog.add(message(1, {orderingKey: 'run'}));
    backlog.add({...message(2, {orderingKey: 'run'}), publishedMs: 1});

    assert.deepEqual(idsOf(backlog.take(10, RETENTION_MS, LEASE_MS)), ['2']);
  });

  it('takes up after a restart what was not acknowledged, oldest first, with its failures', () => {
    const pending = new Map<string, PendingMessage>();
    const before = backlogOf(pending);
    for (const id of [9, 10, 11]) before.add(message(id));
    const [nine, ten] = before.take(3, 0, LEASE_MS);
    before.acknowledge(ten!.ackId);
    before.putBack(nine!.ackId, 0, 5000);
    const stored = new Map([...pending].reverse());

    const after = backlogOf(stored).take(10, 0, LEASE_MS);

    assert.deepEqual(
      after.map(({message: {id}, attempt}) => [id, attempt]),
      [
        ['9', 2],
        ['11', 1],
      ],
    );
  });
});
