import type {FastifyPluginAsync} from 'fastify';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {z} from 'zod';
import {bucketFields, bucketInsert} from './buckets.ts';
import {conflict, required} from './errors.ts';
import {originOf, withBucketLink} from './links.ts';
import {listQuery, pageOf} from './listing.ts';
import {parse} from './parse.ts';
import {demandForChange, parsePreconditions} from './preconditions.ts';
import type {Stores} from './stores.ts';

const projectQuery = z.object({project: z.string().default('')});

/** Buckets, and what belongs to a project. */
export function bucketRoutes({buckets, objects, notifications, projectNumber}: Stores): FastifyPluginAsync {
  return async (app) => {
    app.post('/b', async (request) => {
      const bucket = buckets.create(projectOf(request.query), parse(bucketInsert, request.body));
      return withBucketLink(bucket, originOf(request));
    });

    app.get('/b', async (request): Promise<storage_v1.Schema$Buckets> => {
      const page = pageOf(buckets.list(projectOf(request.query)), parse(listQuery, request.query));
      const items = page.items.map((bucket) => withBucketLink(bucket, originOf(request)));
      return {kind: 'storage#buckets', items, ...(page.nextPageToken && {nextPageToken: page.nextPageToken})};
    });

    app.get<{Params: {bucket: string}}>('/b/:bucket', async (request) => {
      const bucket = buckets.read(request.params.bucket, parsePreconditions(request.query));
      return withBucketLink(bucket, originOf(request));
    });

    app.patch<{Params: {bucket: string}}>('/b/:bucket', async (request) => {
      const fields = parse(bucketFields, request.body);
      const bucket = buckets.patch(request.params.bucket, fields, parsePreconditions(request.query));
      return withBucketLink(bucket, originOf(request));
    });

    app.delete<{Params: {bucket: string}}>('/b/:bucket', async (request, reply) => {
      const {bucket} = request.params;
      demandForChange(parsePreconditions(request.query), buckets.find(bucket));
      if (objects.list(bucket).length > 0) throw conflict('The bucket you tried to delete is not empty.');
      for (const {id} of notifications.list(bucket)) notifications.delete(bucket, id);
      buckets.delete(bucket);
      return reply.code(204).send();
    });

    app.get<{Params: {bucket: string}}>(
      '/b/:bucket/storageLayout',
      async (request): Promise<storage_v1.Schema$BucketStorageLayout> => {
        const {name, location, locationType} = buckets.find(request.params.bucket);
        return {
          kind: 'storage#storageLayout',
          bucket: name,
          location,
          locationType: locationType ?? null,
          hierarchicalNamespace: {enabled: false},
        };
      },
    );

    // None can be made, but clients that delete a bucket ask for them.
    app.get<{Params: {bucket: string}}>(
      '/b/:bucket/managedFolders',
      async (request): Promise<storage_v1.Schema$ManagedFolders> => {
        buckets.find(request.params.bucket);
        return {kind: 'storage#managedFolders', items: []};
      },
    );

    app.get('/projects/:project/serviceAccount', async (): Promise<storage_v1.Schema$ServiceAccount> => {
      const host = 'gs-project-accounts.iam.gserviceaccount.com';
      return {kind: 'storage#serviceAccount', email_address: `service-${projectNumber}@${host}`};
    });
  };
}

function projectOf(query: unknown): string {
  const {project} = parse(projectQuery, query);
  if (project === '') throw required('project');
  return project;
}
