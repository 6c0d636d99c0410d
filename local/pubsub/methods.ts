import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {ApiError} from '../api-error.ts';
import {page} from '../page.ts';
import {checkAckDeadline, checkAckIds} from './ack-ids.ts';
import type {Broker} from './broker.ts';
import {checkPullable, pull, receivedMessage} from './pull.ts';

/** A method that takes one request and gives one response; `hungUp` fires when the caller no longer waits. */
export type Unary<Request, Response> = (
  request: Request,
  hungUp: AbortSignal,
) => Response | Promise<Response>;

/** The methods of `google.pubsub.v1.Publisher` the local service has; the rest answers UNIMPLEMENTED. */
export function publisherMethods(broker: Broker) {
  return {
    CreateTopic: (topic: google.pubsub.v1.ITopic) => broker.createTopic(topic),
    GetTopic: ({topic}: google.pubsub.v1.IGetTopicRequest) => broker.topic(topic ?? ''),
    UpdateTopic: ({topic, updateMask}: google.pubsub.v1.IUpdateTopicRequest) =>
      broker.updateTopic(topic ?? {}, updateMask),
    DeleteTopic: ({topic}: google.pubsub.v1.IDeleteTopicRequest) => {
      broker.deleteTopic(topic ?? '');
      return {};
    },
    ListTopics: (request: google.pubsub.v1.IListTopicsRequest): google.pubsub.v1.IListTopicsResponse => {
      const topics = [...broker.topics()].filter(isOf(request.project));
      const {items, ...token} = page(topics, nameOf, request);
      return {topics: items, ...token};
    },
    ListTopicSubscriptions: (
      request: google.pubsub.v1.IListTopicSubscriptionsRequest,
    ): google.pubsub.v1.IListTopicSubscriptionsResponse => {
      const {name} = broker.topic(request.topic ?? '');
      const names = broker.subscriptionsOf(String(name)).map(({resource}) => nameOf(resource));
      const {items, ...token} = page(names, String, request);
      return {subscriptions: items, ...token};
    },
    Publish: ({topic, messages}: google.pubsub.v1.IPublishRequest): google.pubsub.v1.IPublishResponse => ({
      messageIds: broker.publishAll(topic ?? '', messages ?? []),
    }),
  };
}

/** The unary methods of `google.pubsub.v1.Subscriber` the local service has; the rest answers UNIMPLEMENTED. */
export function subscriberMethods(broker: Broker) {
  return {
    CreateSubscription: (subscription: google.pubsub.v1.ISubscription) =>
      broker.createSubscription(subscription).resource,
    GetSubscription: ({subscription}: google.pubsub.v1.IGetSubscriptionRequest) =>
      broker.subscription(subscription ?? '').resource,
    UpdateSubscription: ({subscription, updateMask}: google.pubsub.v1.IUpdateSubscriptionRequest) =>
      broker.updateSubscription(subscription ?? {}, updateMask).resource,
    ModifyPushConfig: ({subscription, pushConfig}: google.pubsub.v1.IModifyPushConfigRequest) => {
      const wanted = {name: subscription ?? '', pushConfig: pushConfig ?? {}};
      broker.updateSubscription(wanted, {paths: ['push_config']});
      return {};
    },
    DeleteSubscription: ({subscription}: google.pubsub.v1.IDeleteSubscriptionRequest) => {
      broker.deleteSubscription(subscription ?? '');
      return {};
    },
    ListSubscriptions: (
      request: google.pubsub.v1.IListSubscriptionsRequest,
    ): google.pubsub.v1.IListSubscriptionsResponse => {
      const resources = [...broker.subscriptions()].map(({resource}) => resource);
      const {items, ...token} = page(resources.filter(isOf(request.project)), nameOf, request);
      return {subscriptions: items, ...token};
    },
    Pull: pullFrom(broker),
    Acknowledge: ({subscription, ackIds}: google.pubsub.v1.IAcknowledgeRequest) => {
      broker.subscription(subscription ?? '').acknowledge(checkAckIds(ackIds));
      return {};
    },
    ModifyAckDeadline: (request: google.pubsub.v1.IModifyAckDeadlineRequest) => {
      const subscription = broker.subscription(request.subscription ?? '');
      const deadline = checkAckDeadline(request.ackDeadlineSeconds);
      subscription.modifyAckDeadline(checkAckIds(request.ackIds), deadline);
      return {};
    },
  };
}

function pullFrom(broker: Broker): Unary<google.pubsub.v1.IPullRequest, google.pubsub.v1.IPullResponse> {
  return async ({subscription: name, maxMessages, returnImmediately}, hungUp) => {
    const subscription = broker.subscription(name ?? '');
    checkPullable(subscription);
    if (!maxMessages || maxMessages < 0) {
      throw new ApiError('INVALID_ARGUMENT', 'The max_messages in the request must be positive.');
    }
    const options = {maxMessages, returnImmediately: returnImmediately ?? false, hungUp};
    const deliveries = await pull(subscription, options);
    return {receivedMessages: deliveries.map((delivery) => receivedMessage(subscription, delivery))};
  };
}

function nameOf({name}: {name?: string | null}): string {
  return name ?? '';
}

function isOf(project: string | null | undefined) {
  return (resource: {name?: string | null}) => nameOf(resource).startsWith(`${project}/`);
}
