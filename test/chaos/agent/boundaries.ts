import {subscribe} from 'node:diagnostics_channel';
import {ServerResponse} from 'node:http';
import type {ServerHttp2Session} from 'node:http2';
import type {Socket} from 'node:net';

/**
 * Where in a request a process may be hit.
 * Of one it serves: `received`, before any work; `answering`, when the work is done and the answer has not left; `answered`.
 * Of one it makes: `sending`, before it leaves; `applied`, when the service has answered and the caller has not seen it.
 */
export type Edge = 'received' | 'answering' | 'answered' | 'sending' | 'applied';

export interface Boundary {
  readonly edge: Edge;
  /** Method and path, for gRPC `POST /google.firestore.v1.Firestore/Commit`. */
  readonly request: string;
  /** Breaks the connection that a request came by, with all that goes over it. */
  readonly reset?: () => void;
}

interface HttpMessage {
  readonly request: {readonly method?: string; readonly path?: string; readonly url?: string};
  /** Of a server. */
  readonly socket?: Socket;
}

interface Http2Message {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly stream: {readonly session?: ServerHttp2Session};
}

/** Calls `pass` at each boundary of each request of this process, whichever client or server of Node.js it goes through. */
export function watchBoundaries(pass: (boundary: Boundary) => void): void {
  const http = (channel: string, edge: Edge) =>
    subscribe(channel, (message) => {
      const {request, socket} = message as HttpMessage;
      const {method = 'GET', path, url} = request;
      pass({edge, request: `${method} ${path ?? url}`, ...resetOf(socket)});
    });
  http('http.server.request.start', 'received');
  http('http.server.response.finish', 'answered');
  http('http.client.request.created', 'sending');
  http('http.client.response.finish', 'applied');
  http('undici:request:create', 'sending');
  http('undici:request:headers', 'applied');
  watchAnswers(pass);
  watchStreams('client', {created: 'sending', finish: 'applied'}, pass);
  watchStreams('server', {created: 'received', finish: 'answering', close: 'answered'}, pass);
}

/** No channel tells of an answer before it leaves. */
function watchAnswers(pass: (boundary: Boundary) => void): void {
  const {writeHead} = ServerResponse.prototype;
  ServerResponse.prototype.writeHead = new Proxy(writeHead, {
    apply(target, response: ServerResponse, args) {
      const {method, url} = response.req;
      pass({edge: 'answering', request: `${method} ${url}`, ...resetOf(response.socket)});
      return Reflect.apply(target, response, args);
    },
  });
}

function resetOf(socket: Socket | null | undefined): Pick<Boundary, 'reset'> {
  return socket ? {reset: () => void socket.resetAndDestroy()} : {};
}

/** The channels of HTTP/2 name the request in their first message only. */
function watchStreams(
  side: 'client' | 'server',
  edges: Readonly<Record<string, Edge>>,
  pass: (boundary: Boundary) => void,
): void {
  const requests = new WeakMap<object, string>();
  for (const [event, edge] of Object.entries(edges)) {
    subscribe(`http2.${side}.stream.${event}`, (message) => {
      const {headers, stream} = message as Http2Message;
      if (event === 'created') requests.set(stream, `${headers[':method']} ${headers[':path']}`);
      const {session} = stream;
      const reset = side === 'server' && session ? {reset: () => session.destroy()} : {};
      pass({edge, request: requests.get(stream) ?? '', ...reset});
    });
  }
}
