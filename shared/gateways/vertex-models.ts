import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {RetryableError} from '../errors.ts';
import type {ModelServer, Models, ModelVersion} from '../model-ports.ts';
import {SEND_ONCE} from './google-api.ts';
import {labelsOf} from './origin.ts';
import {call, must} from './service-error.ts';
import {awaitOperation, type Vertex} from './vertex.ts';
import {vertexEndpointsGateway} from './vertex-endpoints.ts';

type Schema$Model = aiplatform_v1.Schema$GoogleCloudAiplatformV1Model;

const NOT_FOUND = 404;
const CHAMPION = 'champion';
const CHALLENGER = 'challenger';

/** The Vertex AI model registry and endpoints behind the {@link Models} port. */
export function vertexModelsGateway(vertex: Vertex): Models {
  const {parent} = vertex;
  const nameOf = (model: string) => `${parent}/models/${model}`;
  const models = async () => (await vertex.locations()).models;

  /** A leading "-" removes: ModelService.MergeVersionAliases. */
  async function mergeAliases(versionAliases: string[], name: string): Promise<void> {
    const registry = await models();
    const request = {name, requestBody: {versionAliases}};
    const doing = `merging the aliases ${versionAliases.join(', ')} into ${name}`;
    await must(doing, () => registry.mergeVersionAliases(request));
  }

  return {
    ...vertexEndpointsGateway(vertex),
    async champion(model) {
      const registry = await models();
      const name = `${nameOf(model)}@${CHAMPION}`;
      const found = await call(`reading the champion of model ${model}`, () => registry.get({name}), [
        NOT_FOUND,
      ]);
      return found && versionOf(found.data);
    },
    async findByEffect(model, effectKey, attempt) {
      const registry = await models();
      const filter = `labels.millrace_effect="${effectKey}" AND labels.millrace_attempt="${attempt}"`;
      const found = await call(
        `looking for the version of ${effectKey}`,
        () => registry.listVersions({name: nameOf(model), filter}),
        [NOT_FOUND],
      );
      const [version] = found?.data.models ?? [];
      return version && versionOf(version);
    },
    async version(name) {
      const registry = await models();
      const found = await call(`reading ${name}`, () => registry.get({name}), [NOT_FOUND]);
      return found && versionOf(found.data);
    },
    async deleteVersion(name) {
      const registry = await models();
      const doing = `deleting ${name}`;
      const found = await call(doing, () => registry.get({name}), [NOT_FOUND]);
      // It would be refused in the words of a request that can never succeed.
      if (found?.data.deployedModels?.length) throw new RetryableError(`${name} is deployed`);
      const started = await call(doing, () => registry.deleteVersion({name}), [NOT_FOUND]);
      if (started !== undefined) await awaitOperation(vertex, doing, started.data);
    },
    async upload({model, artifactUri, server, lineage, ...origin}) {
      const registry = await models();
      const exists =
        (await call(`reading model ${model}`, () => registry.get({name: nameOf(model)}), [NOT_FOUND])) !==
        undefined;
      const body: Schema$Model = {
        displayName: model,
        artifactUri,
        labels: {...lineage.labels, ...labelsOf(origin)},
        versionAliases: [CHALLENGER, `run-${origin.runId}`],
        versionDescription: lineage.description,
        containerSpec: containerOf(server),
      };
      const doing = `uploading a version of model ${model}`;
      const requestBody = exists ? {parentModel: nameOf(model), model: body} : {modelId: model, model: body};
      const started = await must(doing, () => registry.upload({parent, requestBody}, SEND_ONCE));
      const {modelVersionId} = await awaitOperation(vertex, doing, started.data);
      const uploaded = await must(`reading the new version of ${model}`, () =>
        registry.get({name: `${nameOf(model)}@${String(modelVersionId)}`}),
      );
      return versionOf(uploaded.data);
    },
    crown: (model, version) => mergeAliases([CHAMPION, `-${CHALLENGER}`], `${nameOf(model)}@${version}`),
    uncrown: (model, version) => mergeAliases([`-${CHAMPION}`], `${nameOf(model)}@${version}`),
  };
}

/** Names of Google's prebuilt servers: https://cloud.google.com/vertex-ai/docs/predictions/pre-built-containers */
const PREBUILT = {'scikit-learn': 'sklearn-cpu', xgboost: 'xgboost-cpu'} as const;

function containerOf(server: ModelServer): aiplatform_v1.Schema$GoogleCloudAiplatformV1ModelContainerSpec {
  if (server.framework === 'custom')
    return {imageUri: server.image, args: ['serve'], healthRoute: '/health', predictRoute: '/predict'};
  const name = `${PREBUILT[server.framework]}.${server.version.replace('.', '-')}`;
  return {imageUri: `us-docker.pkg.dev/vertex-ai/prediction/${name}:latest`};
}

function versionOf({name, versionId, artifactUri, labels}: Schema$Model): ModelVersion {
  if (!name || !versionId || !artifactUri) {
    throw new RetryableError(
      `Vertex AI answered a model without ${name ? 'versionId or artifactUri' : 'name'}`,
    );
  }
  const runId = labels?.millrace_run;
  const version = {name: `${name.split('@')[0]}@${versionId}`, version: versionId, artifactUri};
  return runId ? {...version, runId} : version;
}
