import type {FastifyPluginAsync} from 'fastify';
import {bucketRoutes} from './bucket-routes.ts';
import {copyRoutes} from './copy-routes.ts';
import {downloadRoutes} from './download-routes.ts';
import {notificationRoutes} from './notification-routes.ts';
import {objectRoutes} from './object-routes.ts';
import {demandPayer} from './requester-pays.ts';
import {openStores, type StorageOptions} from './stores.ts';
import {uploadRoutes} from './upload-routes.ts';

/**
 * Cloud Storage's JSON API as a plugin for an app of `httpServer()`. Paths begin with `/storage/v1`, or with nothing as
 * clients under STORAGE_EMULATOR_HOST send them; uploads and downloads have their own, as in the real service.
 * @see https://cloud.google.com/storage/docs/json_api/v1
 */
export function storageService(options: StorageOptions): FastifyPluginAsync {
  return async (app) => {
    const stores = openStores(options);
    app.addHook('preHandler', demandPayer(stores.buckets));
    for (const prefix of ['/storage/v1', '']) {
      await app.register(bucketRoutes(stores), {prefix});
      await app.register(objectRoutes(stores), {prefix});
      await app.register(copyRoutes(stores), {prefix});
      await app.register(notificationRoutes(stores), {prefix});
    }
    for (const prefix of ['/storage/v1', '', '/download/storage/v1']) {
      await app.register(downloadRoutes(stores), {prefix});
    }
    for (const prefix of ['/upload/storage/v1', '/resumable/upload/storage/v1']) {
      await app.register(uploadRoutes(stores), {prefix});
    }
    app.addHook('onReady', async () => stores.notifications.flush());
  };
}
