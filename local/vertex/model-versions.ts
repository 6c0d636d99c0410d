import {ApiError} from '../api-error.ts';
import type {Model} from './types.ts';

/** A registered model: its versions, oldest first, each a `Model` as `models.get` answers it. */
export interface RegisteredModel {
  /** `projects/N/locations/L/models/M` */
  readonly name: string;
  readonly nextVersion: number;
  readonly versions: readonly Model[];
}

/** Always on exactly one version. */
const DEFAULT = 'default';
const ALIAS = /^[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]$/;

/** The model with one more version. Aliases it asks for move to it; the first version is the default. */
export function withVersion(registered: RegisteredModel, model: Model, now: string): RegisteredModel {
  const {name, nextVersion, versions} = registered;
  const [first] = versions;
  const versionId = String(nextVersion);
  const version: Model = {
    ...model,
    name,
    versionId,
    versionAliases: [],
    createTime: first?.createTime ?? now,
    updateTime: now,
    versionCreateTime: now,
    versionUpdateTime: now,
    supportedDeploymentResourcesTypes: ['DEDICATED_RESOURCES'],
  };
  const aliases = [...(first ? [] : [DEFAULT]), ...(model.versionAliases ?? [])];
  const grown = {name, nextVersion: nextVersion + 1, versions: [...versions, version]};
  return withAliases(grown, versionId, aliases);
}

/**
 * Moves `aliases` to a version; one with a leading `-` is taken from it.
 * @throws ApiError INVALID_ARGUMENT for a malformed alias, or when the default version would be left without its alias.
 */
export function withAliases(
  registered: RegisteredModel,
  versionId: string,
  aliases: readonly string[],
): RegisteredModel {
  const removed = aliases.filter((alias) => alias.startsWith('-')).map((alias) => alias.slice(1));
  const added = aliases.filter((alias) => !alias.startsWith('-') && !removed.includes(alias));
  const malformed = [...removed, ...added].find((alias) => !ALIAS.test(alias));
  if (malformed !== undefined) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `Invalid version alias "${malformed}": it must match ${ALIAS.source}`,
    );
  }
  if (removed.includes(DEFAULT)) {
    throw new ApiError('INVALID_ARGUMENT', 'The default alias can be moved to another version, not removed.');
  }
  const versions = registered.versions.map((version) => {
    const own = version.versionAliases ?? [];
    const taken = version.versionId === versionId ? removed : added;
    const given = version.versionId === versionId ? added : [];
    const versionAliases = [...new Set([...own.filter((alias) => !taken.includes(alias)), ...given])];
    return {...version, versionAliases};
  });
  return {...registered, versions};
}

/**
 * The model without one version.
 * @throws ApiError FAILED_PRECONDITION for the only version and for the default one.
 */
export function withoutVersion(registered: RegisteredModel, versionId: string): RegisteredModel {
  const version = findVersion(registered, versionId);
  if (registered.versions.length === 1) {
    throw new ApiError(
      'FAILED_PRECONDITION',
      'The only version can not be deleted; delete the model instead.',
    );
  }
  if (version.versionAliases?.includes(DEFAULT)) {
    throw new ApiError(
      'FAILED_PRECONDITION',
      'The default version can not be deleted; move the default alias first.',
    );
  }
  return {...registered, versions: registered.versions.filter((other) => other !== version)};
}

/**
 * A version by its id or alias.
 * @throws ApiError NOT_FOUND
 */
export function findVersion({name, versions}: RegisteredModel, reference: string = DEFAULT): Model {
  const found = versions.find(
    ({versionId, versionAliases}) => versionId === reference || versionAliases?.includes(reference),
  );
  if (found === undefined)
    throw new ApiError('NOT_FOUND', `The model version "${name}@${reference}" is not found.`);
  return found;
}
