import type {FastifyPluginAsync} from 'fastify';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {z} from 'zod';
import {compose, composeBody} from './compose.ts';
import {originOf, withObjectLinks} from './links.ts';
import {fieldsOf, type ObjectFields, objectFields, type StoredObject} from './object-resource.ts';
import {int64, parse} from './parse.ts';
import {parsePreconditions, parseSourcePreconditions} from './preconditions.ts';
import {idOf, type ObjectPath} from './selection.ts';
import type {Stores} from './stores.ts';

interface CopyPath extends ObjectPath {
  readonly toBucket: string;
  readonly toObject: string;
}

interface Copy {
  readonly params: CopyPath;
  readonly query: unknown;
  readonly body: unknown;
}

const copyQuery = z.object({sourceGeneration: int64.optional()});

/** Objects made from objects. */
export function copyRoutes(stores: Stores): FastifyPluginAsync {
  return async (app) => {
    app.post<{Params: ObjectPath}>('/b/:bucket/o/:object/compose', async (request) => {
      const draft = {
        ...idOf(request.params),
        ...parse(composeBody, request.body),
        conditions: parsePreconditions(request.query),
      };
      return withObjectLinks(await compose(stores, draft), originOf(request));
    });

    app.post<{Params: CopyPath}>(
      '/b/:bucket/o/:object/rewriteTo/b/:toBucket/o/:toObject',
      async (request): Promise<storage_v1.Schema$RewriteResponse> => {
        const resource = withObjectLinks(copy(stores, request), originOf(request));
        const size = resource.size ?? null;
        return {
          kind: 'storage#rewriteResponse',
          done: true,
          objectSize: size,
          totalBytesRewritten: size,
          resource,
        };
      },
    );

    app.post<{Params: CopyPath}>('/b/:bucket/o/:object/copyTo/b/:toBucket/o/:toObject', async (request) =>
      withObjectLinks(copy(stores, request), originOf(request)),
    );
  };
}

/** Gives the source's bytes a second name at once. A body that sets nothing means: with the source's metadata. */
function copy({bodies, objects}: Stores, {params, query, body}: Copy): StoredObject {
  const source = objects.read(idOf(params), {
    generation: parse(copyQuery, query).sourceGeneration,
    conditions: parseSourcePreconditions(query),
  });
  const given = parse(objectFields, body);
  const fields: ObjectFields = Object.keys(given).length > 0 ? given : fieldsOf(source);
  return objects.create({
    bucket: params.toBucket,
    name: params.toObject,
    fields,
    content: bodies.contentOf(source),
    conditions: parsePreconditions(query),
  });
}
