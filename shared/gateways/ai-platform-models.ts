import {PermanentError, RetryableError} from '../errors.ts';
import type {ModelServer, Models, ModelVersion} from '../model-ports.ts';
import {type AiPlatform, awaitOperation, resourceIdOf} from './ai-platform.ts';
import {aiPlatformEndpointsGateway} from './ai-platform-endpoints.ts';
import {aiPlatformRegistry, keepsNodes, type Schema$Version} from './ai-platform-registry.ts';
import {ENDED_OR_GONE} from './google-api.ts';
import {labelsOf, originOf} from './origin.ts';
import {call, must} from './service-error.ts';

const FRAMEWORKS = {'scikit-learn': 'SCIKIT_LEARN', xgboost: 'XGBOOST'} as const;

/** AI Platform has no aliases, and makes the first version the default by itself: who is the champion the model's description says. */
const CHAMPION = /^champion: (\w+)$/;

/** AI Platform models and versions behind the {@link Models} port. */
export function aiPlatformModelsGateway(platform: AiPlatform): Models {
  const registry = aiPlatformRegistry(platform);

  async function find(name: string): Promise<ModelVersion | undefined> {
    const found = await registry.findVersion(name);
    return found && versionOf(found);
  }

  /** With the etag of what was read, so that nobody's word is lost. */
  async function describe(model: string, {etag, ...change}: Description): Promise<void> {
    const {models} = await platform.projects();
    const name = registry.nameOf(model);
    const updateMask = Object.keys(change)
      .map((field) => (field === 'defaultVersion' ? 'default_version.name' : field))
      .join(',');
    const doing = `changing the champion of model ${model}`;
    const requestBody = {...change, ...(etag && {etag})};
    const started = await must(doing, () => models.patch({name, updateMask, requestBody}));
    await awaitOperation(platform, doing, started.data);
  }

  return {
    ...aiPlatformEndpointsGateway(platform, registry),
    version: find,
    async champion(model) {
      const name = registry.nameOf(model);
      const version = CHAMPION.exec((await registry.findModel(name))?.description ?? '')?.[1];
      return version === undefined ? undefined : find(`${name}/versions/${version}`);
    },
    findByEffect: (model, effectKey, attempt) =>
      find(`${registry.nameOf(model)}/versions/${resourceIdOf(effectKey, attempt)}`),
    async deleteVersion(name) {
      const version = await registry.findVersion(name);
      if (version !== undefined && keepsNodes(version)) throw new RetryableError(`${name} is deployed`);
      const {versions} = (await platform.projects()).models;
      const doing = `deleting ${name}`;
      const started = await call(doing, () => versions.delete({name}), ENDED_OR_GONE);
      if (started !== undefined) await awaitOperation(platform, doing, started.data);
    },
    async upload({model, artifactUri, server, lineage, ...origin}) {
      await registry.model(model);
      const parent = registry.nameOf(model);
      const id = resourceIdOf(origin.effectKey, origin.attempt);
      await registry.createVersion(parent, {
        name: id,
        description: lineage.description,
        labels: {...lineage.labels, ...labelsOf(origin)},
        deploymentUri: artifactUri,
        autoScaling: {minNodes: 0},
        ...runtimeOf(server),
      });
      const uploaded = await find(`${parent}/versions/${id}`);
      if (uploaded !== undefined) return uploaded;
      throw new RetryableError(`${parent} has no version ${id} after it was created`);
    },
    async crown(model, version) {
      const {etag} = await registry.model(model);
      const defaultVersion = {name: version};
      await describe(model, {etag, description: `champion: ${version}`, defaultVersion});
    },
    async uncrown(model, version) {
      const {etag, description} = await registry.model(model);
      if (CHAMPION.exec(description ?? '')?.[1] === version) await describe(model, {etag, description: ''});
    },
  };
}

interface Description {
  readonly etag: string | null | undefined;
  readonly description: string;
  readonly defaultVersion?: {readonly name: string};
}

/** @throws PermanentError SERVICE_REFUSED for what the definition of a pipeline can not say either */
function runtimeOf(server: ModelServer): Omit<Schema$Version, 'name'> {
  if (server.framework === 'custom' || server.runtime === undefined) {
    const hint = 'Name serve.runtimeVersion and serve.pythonVersion, or use vertex.';
    throw new PermanentError('SERVICE_REFUSED', 'AI Platform serves frameworks of a runtime version', {hint});
  }
  const {version: runtimeVersion, python: pythonVersion, machineType} = server.runtime;
  return {framework: FRAMEWORKS[server.framework], runtimeVersion, pythonVersion, machineType};
}

/** @throws RetryableError while the version is being made, PermanentError OPERATION_FAILED when nothing came of it */
function versionOf({name, state, errorMessage, deploymentUri, labels}: Schema$Version): ModelVersion {
  if (state === 'FAILED')
    throw new PermanentError('OPERATION_FAILED', `no server came up: ${errorMessage}`, {where: name ?? ''});
  if (state !== 'READY' && state !== 'UPDATING') throw new RetryableError(`${name} is ${state}`);
  const {runId} = originOf(labels);
  const version = name?.slice(name.lastIndexOf('/') + 1) ?? '';
  return {name: name ?? '', version, artifactUri: deploymentUri ?? '', ...(runId ? {runId} : {})};
}
