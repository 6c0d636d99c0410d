import type {Collection, State} from '../state.ts';
import type {Bodies} from './bodies.ts';
import type {Buckets} from './buckets.ts';
import type {Content} from './content.ts';
import {notFound} from './errors.ts';
import {Generations} from './generations.ts';
import {demandObjectName} from './names.ts';
import type {Notifications} from './notifications.ts';
import {
  newObject,
  type ObjectFields,
  type ObjectId,
  patchedObject,
  type StoredObject,
} from './object-resource.ts';
import {demandForChange, demandForRead, type Preconditions} from './preconditions.ts';
import type {Selection} from './selection.ts';

/** An object about to exist. */
export interface Draft extends ObjectId {
  readonly fields: ObjectFields;
  readonly content: Content;
  readonly conditions: Preconditions;
}

interface Options {
  readonly state: State;
  readonly buckets: Buckets;
  readonly bodies: Bodies;
  readonly notifications: Notifications;
}

/**
 * The objects of all buckets, one live generation each. Every method throws ApiError 404 for an unknown bucket or object
 * and 412 (a read also 304) when a precondition does not hold; every change is announced.
 */
export class Objects {
  readonly #state: State;
  readonly #buckets: Buckets;
  readonly #bodies: Bodies;
  readonly #notifications: Notifications;
  readonly #objects: Collection<StoredObject>;
  readonly #generations: Generations;

  constructor({state, buckets, bodies, notifications}: Options) {
    this.#state = state;
    this.#buckets = buckets;
    this.#bodies = bodies;
    this.#notifications = notifications;
    this.#objects = state.collection('storage.objects');
    this.#generations = new Generations(state);
  }

  /**
   * Refuses early what `create` would refuse now, before any bytes are taken.
   * @throws ApiError 400 for a bad name.
   */
  demandCreatable(id: ObjectId, conditions: Preconditions): void {
    demandObjectName(id.name);
    this.#buckets.find(id.bucket);
    demandForChange(conditions, this.#objects.get(keyOf(id)));
  }

  /**
   * Makes the content the object's new generation, or changes nothing. The caller still owns `content.path`.
   * @param alongside writes of the caller that must happen if and only if the object is created
   */
  create(draft: Draft, alongside?: (created: StoredObject) => void): StoredObject {
    this.demandCreatable(draft, draft.conditions);
    const replaced = this.#objects.get(keyOf(draft));
    const object = newObject(draft, this.#generations.next(), draft.content, draft.fields);
    this.#bodies.keep(draft.content, object.generation);
    this.#state.atomically(() => {
      this.#objects.set(keyOf(object), object);
      this.#queueCreation(object, replaced);
      alongside?.(object);
    });
    if (replaced) this.#bodies.remove(replaced.generation);
    this.#notifications.flush();
    return object;
  }

  read(id: ObjectId, {generation, conditions}: Selection): StoredObject {
    const object = this.#find(id, generation);
    demandForRead(conditions, object);
    return object;
  }

  patch(id: ObjectId, {generation, conditions}: Selection, fields: ObjectFields): StoredObject {
    const object = this.#find(id, generation);
    demandForChange(conditions, object);
    const patched = patchedObject(object, fields);
    this.#state.atomically(() => {
      this.#objects.set(keyOf(id), patched);
      this.#notifications.queue({eventType: 'OBJECT_METADATA_UPDATE', object: patched});
    });
    this.#notifications.flush();
    return patched;
  }

  delete(id: ObjectId, {generation, conditions}: Selection): void {
    const object = this.#find(id, generation);
    demandForChange(conditions, object);
    this.#state.atomically(() => {
      this.#objects.delete(keyOf(id));
      this.#notifications.queue({eventType: 'OBJECT_DELETE', object});
    });
    this.#bodies.remove(object.generation);
    this.#notifications.flush();
  }

  /** A bucket's objects in no order. */
  list(bucket: string): StoredObject[] {
    this.#buckets.find(bucket);
    return [...this.#objects.values()].filter((object) => object.bucket === bucket);
  }

  /** The generations whose bodies are needed. */
  generations(): Set<string> {
    return new Set([...this.#objects.values()].map((object) => object.generation));
  }

  #find(id: ObjectId, generation: string | undefined): StoredObject {
    this.#buckets.find(id.bucket);
    const object = this.#objects.get(keyOf(id));
    if (object === undefined || (generation !== undefined && generation !== object.generation)) {
      const version = generation === undefined ? '' : `#${generation}`;
      throw notFound(`No such object: ${id.bucket}/${id.name}${version}`);
    }
    return object;
  }

  #queueCreation(object: StoredObject, replaced: StoredObject | undefined): void {
    if (replaced === undefined) {
      this.#notifications.queue({eventType: 'OBJECT_FINALIZE', object});
      return;
    }
    this.#notifications.queue({
      eventType: 'OBJECT_FINALIZE',
      object,
      overwroteGeneration: replaced.generation,
    });
    this.#notifications.queue({
      eventType: 'OBJECT_DELETE',
      object: replaced,
      overwrittenByGeneration: object.generation,
    });
  }
}

/** Bucket names have no slash, so no two objects share a key. */
function keyOf({bucket, name}: ObjectId): string {
  return `${bucket}/${name}`;
}
