import type {FastifyInstance, FastifyRequest} from 'fastify';
import {decodeBody} from '../body.ts';
import {canonical} from '../http-call.ts';
import {mapOf, type Value, type ValueMap} from '../run/value.ts';
import type {Callbacks} from './callbacks.ts';

/** Lets anybody who knows the URL of a callback endpoint call it, with a body of any kind. */
export function callbackRoute<Path>(
  app: FastifyInstance,
  {route, nameOf, callbacks}: {route: string; nameOf: (path: Path) => string; callbacks: Callbacks},
): void {
  app.register(async (own) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser('*', {parseAs: 'buffer'}, async (_: unknown, body: Buffer) => body);
    own.all<{Params: Path}>(route, async (request) => {
      callbacks.receive(nameOf(request.params as Path), request.method, requestOf(request));
      return {};
    });
  });
}

function requestOf({method, url, headers, query, body}: FastifyRequest): ValueMap {
  const bytes = Buffer.isBuffer(body) ? body : new Uint8Array();
  const received = decodeBody(bytes, headers['content-type'] ?? '') ?? Buffer.from(bytes).toString();
  const sent = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const parameters = mapOf(query as Record<string, Value>);
  return mapOf({body: received, headers: canonical(sent), method, query: parameters, url});
}
