import {strict as assert} from 'node:assert';
import {status} from '@grpc/grpc-js';
import {type Session, unique} from './pubsub-session.ts';

/** What holds for publishing and for unary pull. */
export function pullCases(session: () => Session): void {
  describe('publish', () => {
    it('gives each message its own id', async () => {
      const topic = await session().newTopic();

      const ids = await Promise.all(
        Array.from({length: 20}, (_, n) => topic.publishMessage({data: Buffer.from(String(n))})),
      );

      assert.equal(new Set(ids).size, 20);
    });

    it('refuses an unknown topic', async () => {
      const topic = session().pubsub.topic(unique('topic'));

      await assert.rejects(topic.publishMessage({data: Buffer.from('x')}), {code: status.NOT_FOUND});
    });

    it('refuses a message with neither data nor attributes', async () => {
      const topic = await session().newTopic();

      await assert.rejects(topic.publishMessage({data: Buffer.alloc(0)}), {code: status.INVALID_ARGUMENT});
    });
  });

  describe('pull', () => {
    it('hands over data, attributes, id and publish time', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));
      const startedMs = Date.now();
      const data = Buffer.from([0, 255, 10, 13]);
      const id = await topic.publishMessage({data, attributes: {run: 'r-1'}});

      const received = await session().pullOne(subscription);

      assert.deepEqual(Buffer.from(received?.message?.data ?? ''), data);
      assert.deepEqual(received?.message?.attributes, {run: 'r-1'});
      assert.equal(received?.message?.messageId, id);
      assert.ok(Number(received?.message?.publishTime?.seconds) >= Math.floor(startedMs / 1000));
    });

    it('gives every subscription its own copy', async () => {
      const topic = await session().newTopic();
      const [first] = await topic.createSubscription(unique('sub'));
      const [second] = await topic.createSubscription(unique('sub'));
      const id = await topic.publishMessage({data: Buffer.from('x')});

      assert.equal((await session().pullOne(first))?.message?.messageId, id);
      assert.equal((await session().pullOne(second))?.message?.messageId, id);
    });

    it('does not show messages published before the subscription', async () => {
      const topic = await session().newTopic();
      await topic.publishMessage({data: Buffer.from('early')});
      const [subscription] = await topic.createSubscription(unique('sub'));
      const late = await topic.publishMessage({data: Buffer.from('late')});

      assert.equal((await session().pullOne(subscription))?.message?.messageId, late);
    });

    it('answers with nothing when asked to return at once', async () => {
      const [subscription] = await (await session().newTopic()).createSubscription(unique('sub'));

      const [{receivedMessages}] = await session().subscriber.pull({
        subscription: subscription.name,
        maxMessages: 1,
        returnImmediately: true,
      });

      assert.deepEqual(receivedMessages, []);
    });

    it('waits for the first message', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));

      const waiting = session().pullOne(subscription);
      const id = await topic.publishMessage({data: Buffer.from('x')});

      assert.equal((await waiting)?.message?.messageId, id);
    });

    it('delivers a refused message again', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));
      const id = await topic.publishMessage({data: Buffer.from('x')});
      const first = await session().pullOne(subscription);

      await session().subscriber.modifyAckDeadline({
        subscription: subscription.name,
        ackIds: [first?.ackId ?? ''],
        ackDeadlineSeconds: 0,
      });

      const second = await session().pullOne(subscription);
      assert.equal(second?.message?.messageId, id);
      assert.notEqual(second?.ackId, first?.ackId);
    });

    it('does not deliver an acknowledged message again', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));
      await topic.publishMessage({data: Buffer.from('first')});
      const first = await session().pullOne(subscription);
      const ackIds = [first?.ackId ?? ''];

      await session().subscriber.acknowledge({subscription: subscription.name, ackIds});
      await session().subscriber.modifyAckDeadline({
        subscription: subscription.name,
        ackIds,
        ackDeadlineSeconds: 0,
      });
      const id = await topic.publishMessage({data: Buffer.from('second')});

      assert.equal((await session().pullOne(subscription))?.message?.messageId, id);
    });

    it('refuses an ack id it never made', async () => {
      const [subscription] = await (await session().newTopic()).createSubscription(unique('sub'));

      await assert.rejects(
        session().subscriber.acknowledge({subscription: subscription.name, ackIds: ['nonsense']}),
        {code: status.INVALID_ARGUMENT},
      );
    });

    it('refuses to pull no messages', async () => {
      const [subscription] = await (await session().newTopic()).createSubscription(unique('sub'));

      await assert.rejects(session().subscriber.pull({subscription: subscription.name, maxMessages: 0}), {
        code: status.INVALID_ARGUMENT,
      });
    });
  });
}
