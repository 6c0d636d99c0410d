import type {Publish} from '../publish.ts';
import type {State} from '../state.ts';
import {Bodies} from './bodies.ts';
import {Buckets} from './buckets.ts';
import {Notifications} from './notifications.ts';
import {Objects} from './objects.ts';
import {ResumableUploads} from './resumable-uploads.ts';

export interface StorageOptions {
  readonly state: State;
  readonly publish: Publish;
  /** The number of the one project, for resources that name it. */
  readonly projectNumber: string;
}

/** Everything the service keeps; the routes share it. */
export interface Stores {
  readonly bodies: Bodies;
  readonly buckets: Buckets;
  readonly notifications: Notifications;
  readonly objects: Objects;
  readonly uploads: ResumableUploads;
  readonly projectNumber: string;
}

/** Opens what `state` holds and drops the files a killed process left half done. */
export function openStores({state, publish, projectNumber}: StorageOptions): Stores {
  const bodies = new Bodies(state);
  const buckets = new Buckets(state, projectNumber);
  const notifications = new Notifications(state, publish);
  const objects = new Objects({state, buckets, bodies, notifications});
  const uploads = new ResumableUploads(state, bodies, objects);
  bodies.removeOrphans(objects.generations(), uploads.prune());
  return {bodies, buckets, notifications, objects, uploads, projectNumber};
}
