import protos from '@google-cloud/pubsub/build/protos/protos.json' with {type: 'json'};
import type {
  handleUnaryCall,
  Server,
  ServerUnaryCall,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {grpcError, grpcService} from '../grpc.ts';
import type {Broker} from './broker.ts';
import {publisherMethods, subscriberMethods, type Unary} from './methods.ts';
import {type StreamingPullCall, streamingPull} from './streaming-pull.ts';

/**
 * Adds `google.pubsub.v1.Publisher` and `Subscriber` to a server.
 * The server must accept requests of 10 MiB (`grpc.max_receive_message_length`); methods not implemented answer UNIMPLEMENTED by themselves.
 */
export function addPubsubServices(server: Server, broker: Broker): void {
  server.addService(grpcService(protos, 'google.pubsub.v1.Publisher'), unaries(publisherMethods(broker)));
  server.addService(grpcService(protos, 'google.pubsub.v1.Subscriber'), {
    ...unaries(subscriberMethods(broker)),
    StreamingPull: (call: StreamingPullCall) => streamingPull(broker, call),
  });
}

function unaries(methods: Record<string, Unary<never, object>>): UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, unary(method)]));
}

/** The one cast on this wire: service definitions made at run time know no types, the method tables declare what arrives. */
function unary(method: Unary<never, object>): handleUnaryCall<unknown, object> {
  return async (call: ServerUnaryCall<unknown, object>, respond: sendUnaryData<object>) => {
    const hungUp = new AbortController();
    call.on('cancelled', () => hungUp.abort());
    try {
      respond(null, await method(call.request as never, hungUp.signal));
    } catch (error) {
      respond(grpcError(error));
    }
  };
}
