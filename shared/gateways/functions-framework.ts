import {createServer, type Server} from 'node:http';
import {cloudEvent, http} from '@google-cloud/functions-framework';
import {getTestServer} from '@google-cloud/functions-framework/testing';
import {readBounded} from '../bounded-body.ts';
import type {EventHandler} from '../handle.ts';
import type {Answerer} from '../handle-http.ts';
import {problemAnswer} from '../problem.ts';

export interface ServeOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly maxBodyBytes: number;
  /** Milliseconds for a whole request to arrive, headers and body; looked at ten times in them. Then 408, and the connection is closed. */
  readonly arrivalMs: number;
}

/**
 * The framework writes into the log what a function rejects with, as it is. So it rejects with a record; the cause may hold secrets, and is
 * in the log without them already.
 */
const AGAIN = JSON.stringify({severity: 'NOTICE', message: 'the event is to be delivered again'});

/** Serves a function that is called with CloudEvents and with messages that Pub/Sub pushes, which become CloudEvents. */
export function serveEvents(name: string, handler: EventHandler, options: ServeOptions): Server {
  cloudEvent(name, (event: unknown) => handler(event).catch(() => Promise.reject(AGAIN)));
  return serve(name, options);
}

/** Serves a function that is called with requests. */
export function serveRequests(name: string, answerOf: Answerer, options: ServeOptions): Server {
  http(name, async (request, response) => {
    const {status, headers, body} = await answerOf(request);
    response.writeHead(status, headers).end(body);
  });
  return serve(name, options);
}

/**
 * The framework's server, with the bodies read before it, which it takes as they are: its own parsers inflate any body to up to 1 GiB and
 * write one that they cannot read into the log.
 */
function serve(name: string, {host, port, maxBodyBytes, arrivalMs}: ServeOptions): Server {
  const framework = getTestServer(name);
  const patience = {requestTimeout: arrivalMs, connectionsCheckingInterval: arrivalMs / 10};
  const server = createServer(patience, async (incoming, response) => {
    try {
      const rawBody = await readBounded(incoming, maxBodyBytes);
      framework.emit('request', Object.assign(incoming, {rawBody, body: bodyOf(rawBody)}), response);
    } catch (error) {
      const {status, headers, body} = problemAnswer(error);
      response.writeHead(status, headers).end(body);
      // A client that still sends would not read the answer if the connection broke.
      incoming.resume();
    }
  });
  return server.listen(port, host);
}

/** The framework looks for fields in a body; one that can have none is given to it as bytes. */
function bodyOf(rawBody: Buffer): object {
  try {
    const body: unknown = JSON.parse(rawBody.toString());
    return typeof body === 'object' && body !== null ? body : rawBody;
  } catch {
    return rawBody;
  }
}
