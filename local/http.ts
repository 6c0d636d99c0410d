import Fastify, {type FastifyInstance} from 'fastify';
import {ApiError} from './api-error.ts';

/** An HTTP server with the manners of Google's JSON APIs: their error envelope, an empty body read as `{}`, no body limit. */
export function httpServer(): FastifyInstance {
  const app = Fastify({
    bodyLimit: 64 * 1024 * 1024,
    routerOptions: {maxParamLength: 4096, ignoreTrailingSlash: false},
    forceCloseConnections: true,
  });
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser(
    'application/json',
    {parseAs: 'string'},
    async (_request: unknown, body: string) => {
      if (body.trim() === '') return {};
      try {
        return JSON.parse(body);
      } catch {
        throw new ApiError('INVALID_ARGUMENT', 'Invalid JSON payload received. Parse error.', {
          reason: 'parseError',
        });
      }
    },
  );
  app.setErrorHandler((error, request, reply) => {
    // Nobody waits for the answer to a request that was broken off.
    if (request.socket.destroyed) return reply.hijack();
    const answer = error instanceof ApiError ? error : unexpected(error);
    return reply.code(answer.httpCode).send(answer.toJson());
  });
  app.setNotFoundHandler((request, reply) => {
    const answer = new ApiError('NOT_FOUND', `No such method: ${request.method} ${request.url}`);
    return reply.code(404).send(answer.toJson());
  });
  return app;
}

function unexpected(error: unknown): ApiError {
  const {statusCode, message} = error as {statusCode?: number; message?: string};
  if (statusCode !== undefined && statusCode < 500) {
    return new ApiError('INVALID_ARGUMENT', message ?? 'bad request', {httpCode: statusCode});
  }
  console.error(error);
  return new ApiError('INTERNAL', message ?? 'internal error');
}
