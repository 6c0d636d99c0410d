import {strict as assert} from 'node:assert';
import type {Message, Subscription} from '@google-cloud/pubsub';
import {status} from '@grpc/grpc-js';
import {type Session, unique} from './pubsub-session.ts';
import {pushEndpoint} from './push-endpoint.ts';

/** What holds where the service sends by itself: streaming pull and push. */
export function streamCases(session: () => Session): void {
  describe('streaming pull', () => {
    it('delivers what was published before and after it opens', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));
      const before = await topic.publishMessage({data: Buffer.from('before')});

      const receiving = receive(subscription, 2, (message) => message.ack());
      const after = await topic.publishMessage({data: Buffer.from('after')});

      const ids = (await receiving).map(({id}) => id);
      assert.deepEqual(ids.sort(), [before, after].sort());
    });

    it('delivers 500 messages once each', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));

      const receiving = receive(subscription, 500, (message) => message.ack());
      const published = await Promise.all(
        Array.from({length: 500}, (_, n) => topic.publishMessage({data: Buffer.from(String(n))})),
      );

      const ids = (await receiving).map(({id}) => id);
      assert.deepEqual(ids.sort(), published.sort());
    });

    it('delivers a refused message again', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));
      const id = await topic.publishMessage({data: Buffer.from('x')});
      let deliveries = 0;

      const received = await receive(subscription, 2, (message) => {
        deliveries += 1;
        if (deliveries === 1) message.nack();
        else message.ack();
      });

      assert.deepEqual(
        received.map((message) => message.id),
        [id, id],
      );
    });

    it('delivers one ordering key in the order of publishing', async () => {
      const topic = session().pubsub.topic((await session().newTopic()).name, {messageOrdering: true});
      const [subscription] = await topic.createSubscription(unique('sub'), {enableMessageOrdering: true});
      const numbers = ['0', '1', '2', '3', '4'];
      for (const number of numbers) {
        await topic.publishMessage({data: Buffer.from(number), orderingKey: 'run'});
      }

      const received = await receive(subscription, numbers.length, (message) => message.ack());

      assert.deepEqual(
        received.map(({data}) => data.toString()),
        numbers,
      );
    });

    it('ends with an error on an unknown subscription', async () => {
      const subscription = session().pubsub.subscription(unique('sub'));

      await assert.rejects(
        receive(subscription, 1, () => {}),
        {code: status.NOT_FOUND},
      );
    });
  });

  describe('push', () => {
    it('posts the message wrapped, again after an error and not after 204', async () => {
      const endpoint = await pushEndpoint<WrappedPush>(500, 204);
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'), {
        pushConfig: {pushEndpoint: endpoint.url},
      });

      const first = await topic.publishMessage({data: Buffer.from('first'), attributes: {a: '1'}});
      const pushes = [await endpoint.next(), await endpoint.next()];
      const second = await topic.publishMessage({data: Buffer.from('second')});
      pushes.push(await endpoint.next());
      await subscription.delete();
      endpoint.close();

      const [{message, ...rest}] = pushes.map(({body}) => body) as [WrappedPush];
      assert.deepEqual(
        pushes.map(({body}) => body.message.messageId),
        [first, first, second],
      );
      assert.equal(rest.subscription, subscription.name);
      assert.deepEqual(message.attributes, {a: '1'});
      assert.equal(Buffer.from(message.data, 'base64').toString(), 'first');
    });
  });
}

interface WrappedPush {
  readonly message: {readonly data: string; readonly attributes: object; readonly messageId: string};
  readonly subscription: string;
}

/** Receives by streaming pull until `count` messages are there; `handle` acknowledges or not. */
async function receive(subscription: Subscription, count: number, handle: (message: Message) => void) {
  const received: Message[] = [];
  const {promise, resolve, reject} = Promise.withResolvers<void>();
  subscription.on('error', reject);
  subscription.on('message', (message: Message) => {
    received.push(message);
    handle(message);
    if (received.length === count) resolve();
  });
  await promise;
  await subscription.close();
  return received;
}
