import {ApiError} from '../api-error.ts';
import type {State} from '../state.ts';
import {findVersion, type RegisteredModel} from './model-versions.ts';
import type {Model} from './types.ts';

/** The stored models. */
export interface ModelRegistry {
  has(name: string): boolean;
  /** @throws ApiError NOT_FOUND */
  find(name: string): RegisteredModel;
  /**
   * A version by `…/models/M`, `…/models/M@3` or `…/models/M@alias`; without a reference the default one.
   * @throws ApiError NOT_FOUND
   */
  version(name: string): Model;
  list(location: string): RegisteredModel[];
  save(registered: RegisteredModel): void;
  delete(name: string): void;
}

export function openModelRegistry(state: State): ModelRegistry {
  const models = state.collection<RegisteredModel>('vertex.models');

  function find(name: string): RegisteredModel {
    const found = models.get(name);
    if (found === undefined) throw new ApiError('NOT_FOUND', `The Model "${name}" is not found.`);
    return found;
  }

  return {
    find,
    has: (name) => models.has(name),
    version(name) {
      const [model = '', reference] = name.split('@');
      return findVersion(find(model), reference);
    },
    list: (location) => [...models.values()].filter(({name}) => name.startsWith(`${location}/`)),
    save: (registered) => models.set(registered.name, registered),
    delete: (name) => {
      models.delete(name);
    },
  };
}
