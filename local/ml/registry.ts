import {ApiError} from '../api-error.ts';
import {idOf, newId} from '../names.ts';
import type {State} from '../state.ts';
import type {Model, Version} from './types.ts';

/** A model as it is kept, its default version by its full name. */
export interface StoredModel extends Omit<Model, 'defaultVersion'> {
  readonly name: string;
  readonly createTime: string;
  readonly defaultVersion?: string;
}

export interface StoredVersion extends Version {
  readonly name: string;
  readonly createTime: string;
}

/** Models and their versions, by their full names. */
export interface Registry {
  hasModel(name: string): boolean;
  /** @throws ApiError NOT_FOUND */
  model(name: string): StoredModel;
  models(): StoredModel[];
  /** Stores a model under a new `etag`. */
  saveModel(model: StoredModel): void;
  deleteModel(name: string): void;
  hasVersion(name: string): boolean;
  /** @throws ApiError NOT_FOUND */
  version(name: string): StoredVersion;
  versionsOf(model: string): StoredVersion[];
  saveVersion(version: StoredVersion): void;
  deleteVersion(name: string): void;
}

export function openRegistry(state: State): Registry {
  const models = state.collection<StoredModel>('ml.models');
  const versions = state.collection<StoredVersion>('ml.versions');

  function found<T>(resource: T | undefined, name: string): T {
    if (resource === undefined) throw new ApiError('NOT_FOUND', `Field: name Error: ${name} was not found.`);
    return resource;
  }

  return {
    hasModel: (name) => models.has(name),
    model: (name) => found(models.get(name), name),
    models: () => [...models.values()],
    saveModel: (model) => models.set(model.name, {...model, etag: newEtag()}),
    deleteModel: (name) => {
      models.delete(name);
    },
    hasVersion: (name) => versions.has(name),
    version: (name) => found(versions.get(name), name),
    versionsOf: (model) => [...versions.values()].filter(({name}) => name.startsWith(`${model}/versions/`)),
    saveVersion: (version) => versions.set(version.name, {...version, etag: newEtag()}),
    deleteVersion: (name) => {
      versions.delete(name);
    },
  };
}

/** Bytes, which JSON carries as base64. */
function newEtag(): string {
  return Buffer.from(newId()).toString('base64');
}

/** `projects/P/models/M` of `projects/P/models/M/versions/V`. */
export function modelOf(version: string): string {
  return version.slice(0, version.lastIndexOf('/versions/'));
}

/** A version as the service answers it. */
export function shownVersion(version: StoredVersion, registry: Registry): Version {
  const {defaultVersion} = registry.model(modelOf(version.name));
  return {...version, ...(defaultVersion === version.name && {isDefault: true})};
}

/** A model as the service answers it. */
export function shownModel(model: StoredModel, registry: Registry): Model {
  const {createTime: _, defaultVersion, ...shown} = model;
  if (defaultVersion === undefined) return shown;
  return {...shown, defaultVersion: shownVersion(registry.version(defaultVersion), registry)};
}

/**
 * Makes a version the one that answers for its model.
 * @throws ApiError FAILED_PRECONDITION unless it is READY
 */
export function makeDefault(name: string, registry: Registry): void {
  const {state} = registry.version(name);
  if (state !== 'READY') {
    throw new ApiError(
      'FAILED_PRECONDITION',
      `Field: name Error: The version ${idOf(name)} is ${state}, so it can not be the default.`,
    );
  }
  registry.saveModel({...registry.model(modelOf(name)), defaultVersion: name});
}
