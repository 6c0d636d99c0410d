import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {buffer} from 'node:stream/consumers';
import {PermanentError} from './errors.ts';
import {problemOf} from './problem.ts';

/** A request whose body has come whole. Names of headers are in lower case. */
export interface RawRequest {
  readonly method: string;
  /** A name that is there more than once has its values in a list. */
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers one request; what it throws is answered as problem details. */
export type Listener = (request: RawRequest) => Promise<RawAnswer>;

export interface ServeOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly maxBodyBytes: number;
}

/**
 * The whole web server of a function. Never holds more of a body than allowed, and inflates none: whoever may send a
 * request would otherwise decide how much memory it takes.
 */
export function serve(listener: Listener, {host, port, maxBodyBytes}: ServeOptions): Server {
  const server = createServer(async (incoming, response) => {
    const answer = await read(incoming, maxBodyBytes).then(listener).catch(problemAnswer);
    write(answer, response);
    // A client that still sends would not read the answer if the connection broke.
    incoming.resume();
  });
  return server.listen(port, host);
}

/** A failure as it is answered. */
export function problemAnswer(error: unknown): RawAnswer {
  const {status, headers, body} = problemOf(error);
  const type = {'Content-Type': 'application/problem+json; charset=utf-8'};
  return {status, headers: {...headers, ...type}, body: JSON.stringify(body)};
}

/** @throws PermanentError MEDIA_TYPE, BODY_TOO_LARGE */
async function read(incoming: IncomingMessage, maxBytes: number): Promise<RawRequest> {
  const {method = '', url = '/', headers} = incoming;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new PermanentError('MEDIA_TYPE', `a body is not taken in Content-Encoding ${encoding}`);
  }
  const body = await buffer(bounded(incoming, maxBytes));
  return {method, query: queryOf(url), headers, body};
}

/** Leaves the rest of a body that is too large where it is. */
async function* bounded(incoming: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of incoming.iterator({destroyOnReturn: false})) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new PermanentError('BODY_TOO_LARGE', `the body has more than ${maxBytes} bytes`);
    }
    yield chunk;
  }
}

function queryOf(url: string): RawRequest['query'] {
  const {searchParams} = new URL(url, 'http://function');
  const values = (name: string) => searchParams.getAll(name);
  return Object.fromEntries(
    [...searchParams].map(([name, value]) => [name, values(name).length > 1 ? values(name) : value]),
  );
}

function write({status, headers, body = ''}: RawAnswer, response: ServerResponse): void {
  response.writeHead(status, headers).end(body);
}
