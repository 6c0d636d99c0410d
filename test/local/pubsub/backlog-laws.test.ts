import {strict as assert} from 'node:assert';
import fc from 'fast-check';
import {Backlog, type Delivery} from '../../../local/pubsub/backlog.ts';

const LEASE_MS = 10_000;

/** A consumer of an ordered backlog that checks each delivery against what it holds. */
class Consumer {
  readonly done: Delivery[] = [];
  added = 0;
  readonly #backlog = new Backlog(new Map(), {ordered: true, retentionMs: Number.POSITIVE_INFINITY});
  readonly #held = new Map<string, Delivery>();
  #nowMs = 0;

  add(orderingKey: string): void {
    this.added += 1;
    const id = String(this.added);
    this.#backlog.add({id, publishedMs: this.#nowMs, data: '', attributes: {}, orderingKey});
  }

  take(max: number): void {
    for (const delivery of this.#backlog.take(max, this.#nowMs, LEASE_MS)) {
      const isHeld = [...this.#held.values()].some(({message}) => message.id === delivery.message.id);
      assert.equal(isHeld, false, 'leased twice');
      this.#held.set(delivery.ackId, delivery);
    }
  }

  acknowledge(nth: number): void {
    const delivery = this.#drop(nth);
    if (!delivery) return;
    this.#backlog.acknowledge(delivery.ackId);
    this.done.push(delivery);
  }

  putBack(nth: number, restMs: number): void {
    const delivery = this.#drop(nth);
    if (delivery) this.#backlog.putBack(delivery.ackId, this.#nowMs, restMs);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const ackId of this.#backlog.expired(this.#nowMs)) {
      this.#held.delete(ackId);
      this.#backlog.putBack(ackId, this.#nowMs, 0);
    }
    this.#backlog.wake(this.#nowMs);
  }

  /** Acknowledges everything there is; fails when a message does not come. */
  finish(): void {
    this.pass(LEASE_MS);
    while (this.done.length < this.added) {
      this.take(1);
      assert.equal(this.#held.size, 1, 'a message is missing');
      this.acknowledge(0);
    }
  }

  #drop(nth: number): Delivery | undefined {
    const delivery = [...this.#held.values()][nth];
    if (delivery) this.#held.delete(delivery.ackId);
    return delivery;
  }
}

const step = fc.oneof(
  fc.constantFrom('', 'a', 'b').map((key) => (consumer: Consumer) => consumer.add(key)),
  fc.integer({min: 1, max: 3}).map((max) => (consumer: Consumer) => consumer.take(max)),
  fc.nat(3).map((nth) => (consumer: Consumer) => consumer.acknowledge(nth)),
  fc.record({nth: fc.nat(3), restMs: fc.constantFrom(0, 1000)}).map(
    ({nth, restMs}) =>
      (consumer: Consumer) =>
        consumer.putBack(nth, restMs),
  ),
  fc.constantFrom(500, LEASE_MS).map((ms) => (consumer: Consumer) => consumer.pass(ms)),
);

function finished(steps: readonly ((consumer: Consumer) => void)[]): Consumer {
  const consumer = new Consumer();
  for (const act of steps) act(consumer);
  consumer.finish();
  return consumer;
}

describe('Backlog, whatever its consumer does', () => {
  it('delivers every message until it is acknowledged and then never again', () => {
    fc.assert(
      fc.property(fc.array(step, {maxLength: 80}), (steps) => {
        const {done, added} = finished(steps);
        assert.equal(new Set(done.map(({message}) => message.id)).size, added);
      }),
    );
  });

  it('has the messages of one ordering key acknowledged in the order of publishing', () => {
    fc.assert(
      fc.property(fc.array(step, {maxLength: 80}), fc.constantFrom('a', 'b'), (steps, key) => {
        const messages = finished(steps).done.map(({message}) => message);
        const ids = messages.filter(({orderingKey}) => orderingKey === key).map(({id}) => Number(id));
        assert.deepEqual(
          ids,
          ids.toSorted((one, other) => one - other),
        );
      }),
    );
  });
});
