import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import type {Delivery} from './backlog.ts';
import {publishTimeOf} from './message.ts';
import type {PushRequest} from './pusher.ts';

/**
 * The body of a push request, which is also the data of a Pub/Sub CloudEvent.
 * Both spellings of id and time are sent, as the service does: https://cloud.google.com/pubsub/docs/push#receive_push
 */
export function wrappedMessage(
  subscription: google.pubsub.v1.ISubscription,
  {message, attempt}: Delivery,
): object {
  const publishTime = publishTimeOf(message);
  return {
    message: {
      data: message.data,
      attributes: message.attributes,
      messageId: message.id,
      message_id: message.id,
      publishTime,
      publish_time: publishTime,
      ...(message.orderingKey && {orderingKey: message.orderingKey}),
    },
    subscription: subscription.name,
    ...(subscription.deadLetterPolicy && {deliveryAttempt: attempt}),
  };
}

/** A delivery in the standard, wrapped form. */
export function wrappedPush(subscription: google.pubsub.v1.ISubscription, delivery: Delivery): PushRequest {
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    },
    body: JSON.stringify(wrappedMessage(subscription, delivery)),
  };
}
