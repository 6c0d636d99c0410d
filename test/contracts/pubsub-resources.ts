import {strict as assert} from 'node:assert';
import type {GetTopicsResponse} from '@google-cloud/pubsub';
import {status} from '@grpc/grpc-js';
import {type Session, unique} from './pubsub-session.ts';

/** What holds for topics and subscriptions as resources. */
export function resourceCases(session: () => Session): void {
  describe('topics', () => {
    it('creates, shows, lists and deletes a topic', async () => {
      const topic = await session().newTopic();

      const [shown] = await topic.getMetadata();
      const [all] = await session().pubsub.getTopics();
      await topic.delete();

      assert.equal(shown.name, topic.name);
      assert.ok(all.some(({name}) => name === topic.name));
      assert.deepEqual(await topic.exists(), [false]);
    });

    it('lists topics page by page', async () => {
      const created = [await session().newTopic(), await session().newTopic(), await session().newTopic()];
      const listed: string[] = [];
      let pageToken = '';

      do {
        const query = {pageSize: 2, autoPaginate: false, pageToken};
        const answer: GetTopicsResponse = await session().pubsub.getTopics(query);
        const [page, , response] = answer;
        assert.ok(page.length <= 2);
        listed.push(...page.map((topic) => topic.name));
        pageToken = response?.nextPageToken ?? '';
      } while (pageToken !== '');

      assert.deepEqual(
        created.filter((topic) => !listed.includes(topic.name)),
        [],
      );
      assert.equal(new Set(listed).size, listed.length);
    });

    it('refuses a second topic of the same name', async () => {
      const topic = await session().newTopic();

      await assert.rejects(topic.create(), {code: status.ALREADY_EXISTS});
    });

    for (const [why, id] of [
      ['too short', 'ab'],
      ['starting with a digit', '1topic'],
      ['starting with goog', 'google-topic'],
      ['with a space', 'my topic'],
    ] as const) {
      it(`refuses a name ${why}`, async () => {
        await assert.rejects(session().pubsub.createTopic(id), {code: status.INVALID_ARGUMENT});
      });
    }

    it('does not know a topic nobody created', async () => {
      await assert.rejects(session().pubsub.topic(unique('topic')).getMetadata(), {code: status.NOT_FOUND});
      await assert.rejects(session().pubsub.topic(unique('topic')).delete(), {code: status.NOT_FOUND});
    });
  });

  describe('subscriptions', () => {
    it('fills in the defaults of the service', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));

      const [shown] = await subscription.getMetadata();

      assert.equal(shown.topic, topic.name);
      assert.equal(shown.ackDeadlineSeconds, 10);
      assert.equal(Number(shown.messageRetentionDuration?.seconds), 7 * 24 * 60 * 60);
    });

    it('keeps what it was created with', async () => {
      const [topic, deadLetters] = [await session().newTopic(), await session().newTopic()];
      const [subscription] = await topic.createSubscription(unique('sub'), {
        ackDeadlineSeconds: 42,
        enableMessageOrdering: true,
        retryPolicy: {minimumBackoff: {seconds: 1}, maximumBackoff: {seconds: 2}},
        deadLetterPolicy: {deadLetterTopic: deadLetters.name, maxDeliveryAttempts: 7},
      });

      const [shown] = await subscription.getMetadata();

      assert.equal(shown.ackDeadlineSeconds, 42);
      assert.equal(shown.enableMessageOrdering, true);
      assert.equal(Number(shown.retryPolicy?.maximumBackoff?.seconds), 2);
      assert.equal(shown.deadLetterPolicy?.maxDeliveryAttempts, 7);
    });

    it('changes only what the update names', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'), {ackDeadlineSeconds: 42});

      await subscription.setMetadata({retryPolicy: {minimumBackoff: {seconds: 5}}});

      const [shown] = await subscription.getMetadata();
      assert.equal(Number(shown.retryPolicy?.minimumBackoff?.seconds), 5);
      assert.equal(shown.ackDeadlineSeconds, 42);
    });

    it('lists the subscriptions of a topic', async () => {
      const topic = await session().newTopic();
      const [first] = await topic.createSubscription(unique('sub'));
      const [second] = await topic.createSubscription(unique('sub'));

      const [listed] = await topic.getSubscriptions();

      assert.deepEqual(listed.map(({name}) => name).sort(), [first.name, second.name].sort());
    });

    it('shows a deleted topic by its placeholder', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));

      await topic.delete();

      const [shown] = await subscription.getMetadata();
      assert.equal(shown.topic, '_deleted-topic_');
    });

    it('refuses a second subscription of the same name', async () => {
      const topic = await session().newTopic();
      const [subscription] = await topic.createSubscription(unique('sub'));

      await assert.rejects(topic.createSubscription(subscription.name), {code: status.ALREADY_EXISTS});
    });

    it('refuses a subscription to an unknown topic', async () => {
      const topic = session().pubsub.topic(unique('topic'));

      await assert.rejects(topic.createSubscription(unique('sub')), {code: status.NOT_FOUND});
    });

    it('refuses an ack deadline above 600 seconds', async () => {
      const topic = await session().newTopic();

      await assert.rejects(topic.createSubscription(unique('sub'), {ackDeadlineSeconds: 601}), {
        code: status.INVALID_ARGUMENT,
      });
    });

    it('refuses a back-off above 600 seconds', async () => {
      const topic = await session().newTopic();
      const retryPolicy = {minimumBackoff: {seconds: 1}, maximumBackoff: {seconds: 601}};

      await assert.rejects(topic.createSubscription(unique('sub'), {retryPolicy}), {
        code: status.INVALID_ARGUMENT,
      });
    });

    it('refuses to move a subscription to another topic', async () => {
      const [topic, other] = [await session().newTopic(), await session().newTopic()];
      const [subscription] = await topic.createSubscription(unique('sub'));

      await assert.rejects(subscription.setMetadata({topic: other.name}), {code: status.INVALID_ARGUMENT});
    });

    it('does not know a subscription nobody created', async () => {
      const subscription = session().pubsub.subscription(unique('sub'));

      await assert.rejects(subscription.getMetadata(), {code: status.NOT_FOUND});
      await assert.rejects(subscription.delete(), {code: status.NOT_FOUND});
      await assert.rejects(session().pullOne(subscription), {code: status.NOT_FOUND});
    });
  });
}
