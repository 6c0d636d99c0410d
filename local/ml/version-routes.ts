import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import {listPage} from '../resource-list.ts';
import {labelsOnly} from './model-routes.ts';
import {PROJECT_ROUTE, type ProjectPath, projectName} from './names.ts';
import {makeDefault, type Registry, type StoredVersion, shownVersion} from './registry.ts';
import {servingImage} from './runtimes.ts';
import type {VersionChanges} from './version-changes.ts';
import {needsNode, newVersion, versionPatch} from './version-request.ts';

export interface VersionApi {
  readonly registry: Registry;
  readonly changes: VersionChanges;
  readonly project: Project;
}

interface VersionsPath extends ProjectPath {
  readonly model: string;
}

interface VersionPath extends VersionsPath {
  readonly version: string;
}

const PATCHABLE = ['description', 'autoScaling.minNodes', 'manualScaling.nodes'];

const patchQuery = z.object({
  updateMask: z
    .string()
    .transform((mask) => mask.split(','))
    .refine((paths) => paths.every((path) => PATCHABLE.includes(path)), {
      message: `only ${PATCHABLE.join(', ')} can be updated`,
    }),
});

/** `projects.models.versions`: create, get, list, patch, delete and setDefault. */
export function versionRoutes(app: FastifyInstance, {registry, changes, project}: VersionApi) {
  const all = `${PROJECT_ROUTE}/models/:model/versions`;
  const one = `${all}/${segment('version')}`;
  const modelName = (path: VersionsPath) => `${projectName(project, path)}/models/${path.model}`;
  const find = (path: VersionPath) => registry.version(`${modelName(path)}/versions/${path.version}`);

  app.post<{Params: VersionsPath}>(all, async ({params, body}) => {
    const asked = parseRequest(newVersion, body);
    const model = registry.model(modelName(params));
    const name = `${model.name}/versions/${asked.name}`;
    if (registry.hasVersion(name)) {
      throw new ApiError(
        'ALREADY_EXISTS',
        'Field: version.name Error: A version with the same name already exists.',
      );
    }
    servingImage(asked);
    const machineType = asked.machineType ?? 'mls1-c1-m2';
    return changes.create({...asked, machineType, name, createTime: new Date().toISOString()});
  });
  app.get<{Params: VersionsPath}>(all, async ({params, query}) => {
    const {name} = registry.model(modelName(params));
    const {items, ...rest} = listPage(registry.versionsOf(name), query, labelsOnly);
    return {versions: items.map((version) => shownVersion(version, registry)), ...rest};
  });
  app.get<{Params: VersionPath}>(one, async ({params}) => shownVersion(find(params), registry));
  app.patch<{Params: VersionPath}>(one, async ({params, query, body}) => {
    const version = find(params);
    const {updateMask} = parseRequest(patchQuery, query);
    const patch = parseRequest(versionPatch, body);
    assertPatchable(version, patch);
    return changes.update(patched(version, patch, updateMask));
  });
  app.delete<{Params: VersionPath}>(one, async ({params}) => changes.delete(find(params)));
  app.post<{Params: VersionPath}>(`${one}::setDefault`, async ({params}) => {
    const {name} = find(params);
    makeDefault(name, registry);
    return shownVersion(registry.version(name), registry);
  });
}

type Patch = z.infer<typeof versionPatch>;

/** @throws ApiError ABORTED, FAILED_PRECONDITION, INVALID_ARGUMENT */
function assertPatchable(version: StoredVersion, {etag, autoScaling}: Patch): void {
  if (etag !== undefined && etag !== version.etag)
    throw new ApiError('ABORTED', `The version ${version.name} has changed since etag ${etag}.`);
  if (version.state !== 'READY')
    throw new ApiError('FAILED_PRECONDITION', `Field: name Error: The version is ${version.state}.`);
  if (needsNode(version) && autoScaling?.minNodes === 0) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      'Field: version.auto_scaling.min_nodes Error: must be at least 1 for use with a Compute Engine machine type',
    );
  }
}

function patched(version: StoredVersion, patch: Patch, mask: readonly string[]): StoredVersion {
  const {description = '', autoScaling, manualScaling} = patch;
  return {
    ...version,
    ...(mask.includes('description') && {description}),
    ...(mask.includes('autoScaling.minNodes') && {autoScaling: {...version.autoScaling, ...autoScaling}}),
    ...(mask.includes('manualScaling.nodes') && manualScaling && {manualScaling}),
  };
}
