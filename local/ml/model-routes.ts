import type {FastifyInstance} from 'fastify';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {type Comparison, type Test, unsupported} from '../filter.ts';
import {idOf, type Project, segment} from '../names.ts';
import {ignoring, labels, parseRequest} from '../request.ts';
import {type Listed, labelTest, listPage} from '../resource-list.ts';
import {PROJECT_ROUTE, type ProjectPath, projectName, resourceId} from './names.ts';
import type {Operations} from './operations.ts';
import {makeDefault, type Registry, shownModel} from './registry.ts';
import type {Model} from './types.ts';

const newModel = ignoring(
  ['defaultVersion', 'etag'],
  z.strictObject({
    name: resourceId,
    description: z.string().exactOptional(),
    labels: labels.exactOptional(),
    regions: z.array(z.string()).length(1, 'Only one region per model is supported.').exactOptional(),
    onlinePredictionLogging: z.boolean().exactOptional(),
    onlinePredictionConsoleLogging: z.boolean().exactOptional(),
  }),
);

const DEFAULT_VERSION = ['default_version.name', 'defaultVersion.name'];
const PATCHABLE = ['description', ...DEFAULT_VERSION];

const patchQuery = z.object({
  updateMask: z
    .string()
    .transform((mask) => mask.split(','))
    .refine((paths) => paths.every((path) => PATCHABLE.includes(path)), {
      message: 'only description and default_version.name can be updated',
    }),
});

const modelPatch = z.strictObject({
  description: z.string().exactOptional(),
  defaultVersion: z.strictObject({name: z.string().min(1)}).exactOptional(),
  etag: z.string().exactOptional(),
}) satisfies z.ZodType<Model>;

export interface ModelApi {
  readonly registry: Registry;
  readonly operations: Operations;
  readonly project: Project;
}

interface ModelPath extends ProjectPath {
  readonly model: string;
}

/** `projects.models`: create, get, list, patch and delete. */
export function modelRoutes(app: FastifyInstance, {registry, operations, project}: ModelApi) {
  const all = `${PROJECT_ROUTE}/models`;
  const one = `${all}/${segment('model')}`;
  const find = (path: ModelPath) => registry.model(`${projectName(project, path)}/models/${path.model}`);

  app.post<{Params: ProjectPath}>(all, async ({params, body}) => {
    const asked = parseRequest(newModel, body);
    const name = `${projectName(project, params)}/models/${asked.name}`;
    if (registry.hasModel(name)) {
      throw new ApiError(
        'ALREADY_EXISTS',
        'Field: model.name Error: A model with the same name already exists.',
      );
    }
    registry.saveModel({regions: ['us-central1'], ...asked, name, createTime: new Date().toISOString()});
    return shownModel(registry.model(name), registry);
  });
  app.get<{Params: ProjectPath}>(all, async ({params, query}) => {
    projectName(project, params);
    const {items, ...rest} = listPage(registry.models(), query, labelsOnly);
    return {models: items.map((model) => shownModel(model, registry)), ...rest};
  });
  app.get<{Params: ModelPath}>(one, async ({params}) => shownModel(find(params), registry));
  app.patch<{Params: ModelPath}>(one, async ({params, query, body}) => {
    const model = find(params);
    const {updateMask} = parseRequest(patchQuery, query);
    const {etag, description, defaultVersion} = parseRequest(modelPatch, body);
    if (etag !== undefined && etag !== model.etag)
      throw new ApiError('ABORTED', `The model ${model.name} has changed since etag ${etag}.`);
    if (updateMask.includes('description')) registry.saveModel({...model, description: description ?? ''});
    if (updateMask.some((path) => DEFAULT_VERSION.includes(path)))
      makeDefault(`${model.name}/versions/${idOf(defaultVersion?.name ?? '')}`, registry);
    const {name = ''} = operations.begin('UPDATE_MODEL', model.name);
    const value = shownModel(registry.model(model.name), registry);
    return operations.succeed(name ?? '', {type: 'Model', value});
  });
  app.delete<{Params: ModelPath}>(one, async ({params}) => {
    const {name} = find(params);
    if (registry.versionsOf(name).length > 0) {
      throw new ApiError(
        'FAILED_PRECONDITION',
        'Field: name Error: A model with versions can not be deleted.',
      );
    }
    registry.deleteModel(name);
    const operation = operations.begin('DELETE_MODEL', name);
    return operations.succeed(operation.name ?? '');
  });
}

/** Models and versions are filtered by `labels.key` (`=`, `!=`, `:*`). */
export function labelsOnly(comparison: Comparison): Test<Listed> {
  const label = /^labels\.(.+)$/.exec(comparison.field)?.[1];
  if (label === undefined) throw unsupported(comparison);
  return labelTest(label, comparison);
}
