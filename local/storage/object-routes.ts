import type {FastifyPluginAsync} from 'fastify';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {originOf, withObjectLinks} from './links.ts';
import {listQuery, pageOf} from './listing.ts';
import {objectFields} from './object-resource.ts';
import {parse} from './parse.ts';
import {idOf, type ObjectPath, parseSelection} from './selection.ts';
import type {Stores} from './stores.ts';

/** Objects as resources: listing, changing and deleting them. */
export function objectRoutes({objects}: Stores): FastifyPluginAsync {
  return async (app) => {
    app.get<{Params: {bucket: string}}>(
      '/b/:bucket/o',
      async (request): Promise<storage_v1.Schema$Objects> => {
        const page = pageOf(objects.list(request.params.bucket), parse(listQuery, request.query));
        return {
          kind: 'storage#objects',
          items: page.items.map((object) => withObjectLinks(object, originOf(request))),
          prefixes: page.prefixes,
          ...(page.nextPageToken && {nextPageToken: page.nextPageToken}),
        };
      },
    );

    app.patch<{Params: ObjectPath}>('/b/:bucket/o/:object', async (request) => {
      const fields = parse(objectFields, request.body);
      const patched = objects.patch(idOf(request.params), parseSelection(request.query), fields);
      return withObjectLinks(patched, originOf(request));
    });

    app.delete<{Params: ObjectPath}>('/b/:bucket/o/:object', async (request, reply) => {
      objects.delete(idOf(request.params), parseSelection(request.query));
      return reply.code(204).send();
    });
  };
}
