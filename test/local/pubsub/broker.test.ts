import {strict as assert} from 'node:assert';
import {type SinonFakeTimers, useFakeTimers} from 'sinon';
import {Broker} from '../../../local/pubsub/broker.ts';
import {pull} from '../../../local/pubsub/pull.ts';
import type {Subscription} from '../../../local/pubsub/subscription.ts';
import {openState} from '../../../local/state.ts';
import {localBroker} from './local-pubsub.ts';

const TOPIC = 'projects/p/topics/topic';
const DEAD = 'projects/p/topics/dead';
const SUB = 'projects/p/subscriptions/sub';
const DEAD_SUB = 'projects/p/subscriptions/dead';

describe('Broker', () => {
  let local: ReturnType<typeof localBroker>;
  let broker: Broker;
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = useFakeTimers({now: 1_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout']});
    local = localBroker();
    broker = local.broker;
    broker.createTopic({name: TOPIC});
    broker.createTopic({name: DEAD});
  });

  afterEach(() => local.close());

  const publish = (text: string) => broker.publish(TOPIC, {data: Buffer.from(text)});

  async function pullNow(subscription: Subscription) {
    const hungUp = new AbortController().signal;
    return pull(subscription, {maxMessages: 10, returnImmediately: true, hungUp});
  }

  async function textsOf(subscription: Subscription) {
    const deliveries = await pullNow(subscription);
    return deliveries.map(({message}) => Buffer.from(message.data, 'base64').toString());
  }

  async function refuse(subscription: Subscription, times: number) {
    for (let time = 0; time < times; time++) {
      const [delivery] = await pullNow(subscription);
      subscription.modifyAckDeadline([delivery!.ackId], 0);
    }
  }

  describe('ack deadlines', () => {
    it('deliver a message again when they pass', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, ackDeadlineSeconds: 20});
      publish('hello');
      await pullNow(subscription);

      await clock.tickAsync(19_999);
      assert.deepEqual(await textsOf(subscription), []);
      await clock.tickAsync(1);
      assert.deepEqual(await textsOf(subscription), ['hello']);
    });

    it('are counted from the moment of an extension', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC});
      publish('hello');
      const [delivery] = await pullNow(subscription);

      await clock.tickAsync(9_000);
      subscription.modifyAckDeadline([delivery!.ackId], 60);
      await clock.tickAsync(59_999);
      assert.deepEqual(await textsOf(subscription), []);
      await clock.tickAsync(1);
      assert.deepEqual(await textsOf(subscription), ['hello']);
    });

    it('may be shortened', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, ackDeadlineSeconds: 600});
      publish('hello');
      const [delivery] = await pullNow(subscription);

      subscription.modifyAckDeadline([delivery!.ackId], 1);
      await clock.tickAsync(1_000);

      assert.deepEqual(await textsOf(subscription), ['hello']);
    });

    it('make a late acknowledgement worthless', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC});
      publish('hello');
      const [delivery] = await pullNow(subscription);
      await clock.tickAsync(10_000);

      subscription.acknowledge([delivery!.ackId]);

      assert.deepEqual(await textsOf(subscription), ['hello']);
    });
  });

  describe('a retry policy', () => {
    it('doubles the delay from the minimum to the maximum', async () => {
      const retryPolicy = {minimumBackoff: {seconds: 10}, maximumBackoff: {seconds: 25}};
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, retryPolicy});
      publish('hello');

      for (const waitMs of [10_000, 20_000, 25_000, 25_000]) {
        await refuse(subscription, 1);
        await clock.tickAsync(waitMs - 1);
        assert.deepEqual(await pullNow(subscription), []);
        await clock.tickAsync(1);
      }

      assert.deepEqual(await textsOf(subscription), ['hello']);
    });
  });

  describe('a dead-letter policy', () => {
    const deadLetterPolicy = {deadLetterTopic: DEAD, maxDeliveryAttempts: 5};

    it('forwards a message after its last attempt and says where it comes from', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, deadLetterPolicy});
      const deadLetters = broker.createSubscription({name: DEAD_SUB, topic: DEAD});
      broker.publish(TOPIC, {data: Buffer.from('poison'), attributes: {run: 'r-1'}});

      await refuse(subscription, 4);
      assert.deepEqual(await textsOf(deadLetters), []);
      await refuse(subscription, 1);

      const [{message}] = (await pullNow(deadLetters)) as [Awaited<ReturnType<typeof pullNow>>[number]];
      assert.equal(Buffer.from(message.data, 'base64').toString(), 'poison');
      assert.deepEqual(message.attributes, {
        run: 'r-1',
        CloudPubSubDeadLetterSourceSubscription: 'sub',
        CloudPubSubDeadLetterSourceSubscriptionProject: 'p',
        CloudPubSubDeadLetterSourceDeliveryCount: '5',
        CloudPubSubDeadLetterSourceTopicPublishTime: '1970-01-01T00:16:40.000Z',
      });
      assert.deepEqual(await textsOf(subscription), []);
    });

    it('counts an ack deadline that passes as an attempt', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, deadLetterPolicy});
      const deadLetters = broker.createSubscription({name: DEAD_SUB, topic: DEAD});
      publish('slow');

      for (const _ of [1, 2, 3, 4, 5]) {
        await pullNow(subscription);
        await clock.tickAsync(10_000);
      }

      assert.deepEqual(await textsOf(deadLetters), ['slow']);
    });

    it('keeps the message when the dead-letter topic is gone', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, deadLetterPolicy});
      publish('poison');
      broker.deleteTopic(DEAD);

      await refuse(subscription, 6);

      assert.deepEqual(await textsOf(subscription), ['poison']);
    });

    it('is refused when its topic does not exist', () => {
      const unknown = {deadLetterTopic: 'projects/p/topics/unknown'};

      assert.throws(() => broker.createSubscription({name: SUB, topic: TOPIC, deadLetterPolicy: unknown}), {
        status: 'NOT_FOUND',
      });
    });
  });

  describe('after a restart', () => {
    it('delivers what was not acknowledged, and only that', async () => {
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, ackDeadlineSeconds: 600});
      for (const text of ['done', 'leased', 'untouched']) publish(text);
      const [done] = await pullNow(subscription);
      subscription.acknowledge([done!.ackId]);

      const state = openState(local.root);
      const restarted = new Broker(state);

      assert.deepEqual(await textsOf(restarted.subscription(SUB)), ['leased', 'untouched']);
      restarted.close();
      state.close();
    });

    it('still counts the attempts made before', async () => {
      const deadLetterPolicy = {deadLetterTopic: DEAD, maxDeliveryAttempts: 5};
      const subscription = broker.createSubscription({name: SUB, topic: TOPIC, deadLetterPolicy});
      broker.createSubscription({name: DEAD_SUB, topic: DEAD});
      publish('poison');
      await refuse(subscription, 4);

      const state = openState(local.root);
      const restarted = new Broker(state);
      await refuse(restarted.subscription(SUB), 1);

      assert.deepEqual(await textsOf(restarted.subscription(DEAD_SUB)), ['poison']);
      restarted.close();
      state.close();
    });

    it('does not know a deleted subscription, nor its messages when it is made again', async () => {
      broker.createSubscription({name: SUB, topic: TOPIC});
      publish('gone');
      broker.deleteSubscription(SUB);

      const state = openState(local.root);
      const restarted = new Broker(state);

      assert.throws(() => restarted.subscription(SUB), {status: 'NOT_FOUND'});
      const again = restarted.createSubscription({name: SUB, topic: TOPIC});
      assert.deepEqual(await textsOf(again), []);
      restarted.close();
      state.close();
    });
  });

  it('refuses to change to a dead-letter topic that does not exist', () => {
    broker.createSubscription({name: SUB, topic: TOPIC});
    const deadLetterPolicy = {deadLetterTopic: 'projects/p/topics/unknown'};

    assert.throws(
      () => broker.updateSubscription({name: SUB, deadLetterPolicy}, {paths: ['dead_letter_policy']}),
      {status: 'NOT_FOUND'},
    );
  });

  it('lets consumers take turns', async () => {
    const subscription = broker.createSubscription({name: SUB, topic: TOPIC});
    const turns: string[] = [];
    for (const name of ['one', 'two']) {
      subscription.join({
        capacity: () => 1,
        deliver: () => turns.push(name),
        settled: () => {},
        ended: () => {},
      });
    }

    for (const text of ['a', 'b', 'c', 'd']) publish(text);
    await clock.tickAsync(0);

    assert.deepEqual(turns, ['one', 'two', 'one', 'two']);
  });

  it('publishes all messages of a request or none', async () => {
    const subscription = broker.createSubscription({name: SUB, topic: TOPIC});

    assert.throws(() => broker.publishAll(TOPIC, [{data: Buffer.from('good')}, {}]), {
      status: 'INVALID_ARGUMENT',
    });

    assert.deepEqual(await textsOf(subscription), []);
  });

  it('publishes inside the transaction of another service', async () => {
    const subscription = broker.createSubscription({name: SUB, topic: TOPIC});

    local.state.atomically(() => publish('hello'));

    assert.deepEqual(await textsOf(subscription), ['hello']);
  });

  it('keeps the messages of a subscription whose topic is deleted', async () => {
    const subscription = broker.createSubscription({name: SUB, topic: TOPIC});
    publish('hello');

    broker.deleteTopic(TOPIC);

    assert.deepEqual(await textsOf(subscription), ['hello']);
    assert.throws(() => publish('late'), {status: 'NOT_FOUND'});
  });

  it('does not revive a subscription when its topic is created again', async () => {
    const subscription = broker.createSubscription({name: SUB, topic: TOPIC});
    broker.deleteTopic(TOPIC);
    broker.createTopic({name: TOPIC});

    publish('hello');

    assert.deepEqual(await textsOf(subscription), []);
  });
});
