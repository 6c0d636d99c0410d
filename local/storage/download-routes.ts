import {pipeline} from 'node:stream';
import {createGunzip} from 'node:zlib';
import type {FastifyPluginAsync} from 'fastify';
import {ApiError} from '../api-error.ts';
import {originOf, withObjectLinks} from './links.ts';
import {mediaAnswer} from './media-answer.ts';
import {idOf, type ObjectPath, parseSelection} from './selection.ts';
import type {Stores} from './stores.ts';

interface Download {
  Params: ObjectPath;
  Querystring: {alt?: string};
}

/** An object's resource, or with `alt=media` its bytes. */
export function downloadRoutes({bodies, objects}: Stores): FastifyPluginAsync {
  return async (app) => {
    app.get<Download>('/b/:bucket/o/:object', async (request, reply) => {
      const object = objects.read(idOf(request.params), parseSelection(request.query));
      if (request.query.alt !== 'media') return withObjectLinks(object, originOf(request));
      const {code, headers, range, unzip} = mediaAnswer(object, request.headers);
      reply.code(code).headers(headers);
      if (code === 416) throw rangeNotSatisfiable();
      const body = bodies.read(object.generation, range);
      // The reader of the last stream learns of the error too.
      return reply.send(unzip ? pipeline(body, createGunzip(), () => undefined) : body);
    });
  };
}

function rangeNotSatisfiable(): ApiError {
  return new ApiError('OUT_OF_RANGE', 'Request range not satisfiable', {
    httpCode: 416,
    reason: 'requestedRangeNotSatisfiable',
  });
}
