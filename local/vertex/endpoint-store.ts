import {ApiError} from '../api-error.ts';
import {newId} from '../names.ts';
import type {State} from '../state.ts';
import type {Endpoint} from './types.ts';

/** The stored endpoints. */
export interface EndpointStore {
  has(name: string): boolean;
  /** @throws ApiError NOT_FOUND */
  find(name: string): Endpoint;
  all(): Endpoint[];
  /** Stores the endpoint with a new `etag` and `updateTime`, and answers it so. */
  save(endpoint: Endpoint): Endpoint;
  delete(name: string): void;
}

export function openEndpointStore(state: State): EndpointStore {
  const endpoints = state.collection<Endpoint>('vertex.endpoints');
  return {
    has: (name) => endpoints.has(name),
    find(name) {
      const found = endpoints.get(name);
      if (found === undefined) throw new ApiError('NOT_FOUND', `The Endpoint "${name}" is not found.`);
      return found;
    },
    all: () => [...endpoints.values()],
    save(endpoint) {
      const now = new Date().toISOString();
      const saved = {...endpoint, etag: newId(), updateTime: now};
      endpoints.set(endpoint.name ?? '', saved);
      return saved;
    },
    delete: (name) => {
      endpoints.delete(name);
    },
  };
}

/** The ids of an endpoint's deployed models. */
export function deployedIds({deployedModels}: Endpoint): string[] {
  return (deployedModels ?? []).map(({id}) => id ?? '');
}
