import {type handleServerStreamingCall, type handleUnaryCall, Metadata} from '@grpc/grpc-js';
import {grpcError} from '../grpc.ts';

/** Whoever made a call, who may hang up while it waits. */
export interface Caller {
  readonly cancelled: boolean;
}

/** Answers a call with what the handler returns or throws. */
export function unary<Request, Response>(
  handle: (request: Request, caller: Caller) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call, respond) => {
    try {
      respond(null, await handle(call.request, call));
    } catch (error) {
      respond(grpcError(error));
    }
  };
}

/** Answers a call with a stream of all that the handler returns. */
export function serverStream<Request, Response>(
  handle: (request: Request, caller: Caller) => Promise<Iterable<Response>>,
): handleServerStreamingCall<Request, Response> {
  return async (call) => {
    // The Node client takes an error before any header for a lost connection and tries for seconds more.
    call.sendMetadata(new Metadata());
    try {
      for (const response of await handle(call.request, call)) call.write(response);
      call.end();
    } catch (error) {
      call.emit('error', grpcError(error));
    }
  };
}
