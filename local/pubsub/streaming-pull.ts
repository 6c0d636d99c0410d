import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import type {ServerDuplexStream} from '@grpc/grpc-js';
import {ApiError} from '../api-error.ts';
import {grpcError} from '../grpc.ts';
import {checkAckDeadline, checkAckIds} from './ack-ids.ts';
import type {Broker} from './broker.ts';
import {checkPullable, receivedMessage} from './pull.ts';
import type {Consumer, Subscription} from './subscription.ts';

type Request = google.pubsub.v1.IStreamingPullRequest;
type Response = google.pubsub.v1.IStreamingPullResponse;
export type StreamingPullCall = ServerDuplexStream<Request, Response>;

const MIN_STREAM_ACK_DEADLINE_SECONDS = 10;

/** Serves one StreamingPull call: the first request opens it, later ones acknowledge and extend. */
export function streamingPull(broker: Broker, call: StreamingPullCall): void {
  let stream: {subscription: Subscription; consumer: Consumer} | undefined;
  const fail = (error: unknown) => call.emit('error', grpcError(error));
  const leave = () => stream?.subscription.leave(stream.consumer);

  call.on('data', (request: Request) => {
    try {
      if (stream) answer(stream.subscription, request);
      else stream = open(broker, request, call, fail);
    } catch (error) {
      leave();
      fail(error);
    }
  });
  call.on('end', () => call.end());
  call.on('cancelled', leave);
  call.on('close', leave);
}

function open(broker: Broker, request: Request, call: StreamingPullCall, fail: (error: unknown) => void) {
  const subscription = broker.subscription(request.subscription ?? '');
  checkPullable(subscription);
  const ackDeadlineSeconds = checkAckDeadline(request.streamAckDeadlineSeconds);
  if (ackDeadlineSeconds < MIN_STREAM_ACK_DEADLINE_SECONDS) {
    throw new ApiError('INVALID_ARGUMENT', 'The stream_ack_deadline_seconds must be between 10 and 600.');
  }
  const held = new Set<string>();
  const maxHeld = Number(request.maxOutstandingMessages ?? 0) || Number.POSITIVE_INFINITY;
  const properties = {messageOrderingEnabled: subscription.resource.enableMessageOrdering ?? false};
  const consumer: Consumer = {
    ackDeadlineSeconds,
    capacity: () => maxHeld - held.size,
    deliver: (deliveries) => {
      for (const {ackId} of deliveries) held.add(ackId);
      const receivedMessages = deliveries.map((delivery) => receivedMessage(subscription, delivery));
      call.write({receivedMessages, subscriptionProperties: properties});
    },
    settled: (ackId) => held.delete(ackId),
    ended: fail,
  };
  call.write({subscriptionProperties: properties});
  subscription.join(consumer);
  return {subscription, consumer};
}

/** An empty request only keeps the stream alive. */
function answer(subscription: Subscription, request: Request): void {
  const {ackIds, modifyDeadlineAckIds, modifyDeadlineSeconds} = request;
  if (ackIds?.length) subscription.acknowledge(checkAckIds(ackIds));
  if (!modifyDeadlineAckIds?.length) return;
  if (modifyDeadlineAckIds.length !== modifyDeadlineSeconds?.length) {
    throw new ApiError('INVALID_ARGUMENT', 'Each modify_deadline_ack_id needs one modify_deadline_seconds.');
  }
  const ids = checkAckIds(modifyDeadlineAckIds);
  ids.forEach((id, index) => {
    subscription.modifyAckDeadline([id], checkAckDeadline(modifyDeadlineSeconds[index]));
  });
}
