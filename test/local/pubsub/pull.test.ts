import {strict as assert} from 'node:assert';
import {type SinonFakeTimers, useFakeTimers} from 'sinon';
import type {Broker} from '../../../local/pubsub/broker.ts';
import {pull} from '../../../local/pubsub/pull.ts';
import type {Subscription} from '../../../local/pubsub/subscription.ts';
import {localBroker} from './local-pubsub.ts';

const TOPIC = 'projects/p/topics/topic';
const SUB = 'projects/p/subscriptions/sub';

describe('a waiting pull', () => {
  let local: ReturnType<typeof localBroker>;
  let broker: Broker;
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = useFakeTimers({now: 1_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout']});
    local = localBroker();
    broker = local.broker;
    broker.createTopic({name: TOPIC});
  });

  afterEach(() => local.close());

  const waitFor = (subscription: Subscription, hungUp = new AbortController().signal) =>
    pull(subscription, {maxMessages: 1, returnImmediately: false, hungUp});

  it('answers with nothing after ten seconds', async () => {
    const waiting = waitFor(broker.createSubscription({name: SUB, topic: TOPIC}));

    await clock.tickAsync(10_000);

    assert.deepEqual(await waiting, []);
  });

  it('takes nothing once its caller has hung up', async () => {
    const subscription = broker.createSubscription({name: SUB, topic: TOPIC});
    const caller = new AbortController();
    const waiting = waitFor(subscription, caller.signal);

    caller.abort();
    broker.publish(TOPIC, {data: Buffer.from('hello')});

    assert.deepEqual(await waiting, []);
    const [delivery] = await waitFor(subscription);
    assert.equal(delivery?.message.data, 'aGVsbG8=');
  });

  it('fails when the subscription is deleted', async () => {
    const waiting = waitFor(broker.createSubscription({name: SUB, topic: TOPIC}));

    broker.deleteSubscription(SUB);

    await assert.rejects(waiting, {status: 'NOT_FOUND'});
  });
});
