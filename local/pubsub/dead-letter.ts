import type {Delivery} from './backlog.ts';
import {publishTimeOf} from './message.ts';
import {partsOf} from './names.ts';

/** What a forwarded message says about its past: https://cloud.google.com/pubsub/docs/dead-letter-topics#track-delivery-attempts */
export function deadLetterAttributes(
  subscription: string,
  {attempt, message}: Delivery,
): Record<string, string> {
  const {project, id} = partsOf(subscription);
  return {
    CloudPubSubDeadLetterSourceSubscription: id,
    CloudPubSubDeadLetterSourceSubscriptionProject: project,
    CloudPubSubDeadLetterSourceDeliveryCount: String(attempt),
    CloudPubSubDeadLetterSourceTopicPublishTime: publishTimeOf(message),
  };
}
