import type {FastifyPluginAsync} from 'fastify';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {originOf} from './links.ts';
import {notificationInsert, withNotificationLink} from './notifications.ts';
import {parse} from './parse.ts';
import type {Stores} from './stores.ts';

interface NotificationPath {
  readonly bucket: string;
  readonly id: string;
}

/** Which topics hear of a bucket's changes. */
export function notificationRoutes({buckets, notifications}: Stores): FastifyPluginAsync {
  return async (app) => {
    app.post<{Params: {bucket: string}}>('/b/:bucket/notificationConfigs', async (request) => {
      const {name} = buckets.find(request.params.bucket);
      const created = notifications.create(name, parse(notificationInsert, request.body));
      return withNotificationLink(created, name, originOf(request));
    });

    app.get<{Params: {bucket: string}}>(
      '/b/:bucket/notificationConfigs',
      async (request): Promise<storage_v1.Schema$Notifications> => {
        const {name} = buckets.find(request.params.bucket);
        const items = notifications
          .list(name)
          .map((known) => withNotificationLink(known, name, originOf(request)));
        return {kind: 'storage#notifications', items};
      },
    );

    app.get<{Params: NotificationPath}>('/b/:bucket/notificationConfigs/:id', async (request) => {
      const {bucket, id} = request.params;
      return withNotificationLink(
        notifications.find(buckets.find(bucket).name, id),
        bucket,
        originOf(request),
      );
    });

    app.delete<{Params: NotificationPath}>('/b/:bucket/notificationConfigs/:id', async (request, reply) => {
      const {bucket, id} = request.params;
      notifications.delete(buckets.find(bucket).name, notifications.find(bucket, id).id);
      return reply.code(204).send();
    });
  };
}
