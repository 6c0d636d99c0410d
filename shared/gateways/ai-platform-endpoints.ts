import {deployedModelIdOf} from '../domain/ids.ts';
import {PermanentError} from '../errors.ts';
import type {Endpoint, Models} from '../model-ports.ts';
import {type AiPlatform, awaitOperation} from './ai-platform.ts';
import {type AiPlatformRegistry, keepsNodes, type Schema$Version} from './ai-platform-registry.ts';
import {ENDED_OR_GONE} from './google-api.ts';
import {originOf} from './origin.ts';
import {call, must} from './service-error.ts';

type EndpointPort = Pick<Models, 'endpoint' | 'deploy' | 'splitTraffic' | 'undeploy' | 'predict'>;

/** A version of another model, made again under the one that answers. */
const COPY = {millrace_copy: 'true'};

const ALL = 100;

/**
 * AI Platform has no endpoints: a model answers with its default version. So an endpoint is a model, a version is deployed while a
 * machine is kept for it, and all traffic goes to the default version.
 */
export function aiPlatformEndpointsGateway(platform: AiPlatform, registry: AiPlatformRegistry): EndpointPort {
  const deployedOn = async (endpoint: string) =>
    (await registry.versionsOf(endpoint)).filter((version) => keepsNodes(version));

  return {
    async endpoint(id) {
      const {name, etag, defaultVersion} = await registry.model(id);
      const versions = await deployedOn(name ?? '');
      const deployed = versions.map((version) => ({
        id: deployedIdOf(version),
        model: id,
        version: shortName(version.name),
      }));
      const answering = versions.find((version) => version.name === defaultVersion?.name);
      const traffic = answering ? {[deployedIdOf(answering)]: ALL} : {};
      return {name: name ?? '', deployed, traffic, etag: etag ?? ''};
    },
    async deploy(endpoint, {version: {name}}) {
      if (name.startsWith(`${endpoint}/versions/`)) return registry.keepNodes(name, 1);
      const version = await registry.findVersion(name);
      if (version === undefined) throw new PermanentError('SERVICE_REFUSED', `there is no version ${name}`);
      await registry.createVersion(endpoint, copyOf(version));
    },
    async splitTraffic({name, etag, deployed}, percents) {
      const [id] = Object.entries(percents).find(([, percent]) => percent === ALL) ?? [];
      const version = deployed.find((other) => other.id === id)?.version;
      if (version === undefined) {
        const message = `${name}: AI Platform sends all requests of a model to one version`;
        throw new PermanentError('SERVICE_REFUSED', message, {
          hint: 'Leave serve.canary out, or use vertex.',
        });
      }
      const {models} = await platform.projects();
      const doing = `making ${version} the default version of ${name}`;
      // versions.setDefault takes no etag, so that two writers could cross.
      const requestBody = {defaultVersion: {name: version}, etag};
      const started = await must(doing, () =>
        models.patch({name, updateMask: 'default_version.name', requestBody}),
      );
      await awaitOperation(platform, doing, started.data);
    },
    async undeploy(endpoint, deployedModelId) {
      const versions = await deployedOn(endpoint);
      const version = versions.find((other) => deployedIdOf(other) === deployedModelId);
      if (version === undefined || (version.isDefault && versions.length > 1)) return;
      const name = version.name ?? '';
      if (version.labels?.millrace_copy === undefined) return registry.keepNodes(name, 0);
      const client = (await platform.projects()).models.versions;
      const doing = `deleting ${name}`;
      const started = await call(doing, () => client.delete({name}), ENDED_OR_GONE);
      if (started !== undefined) await awaitOperation(platform, doing, started.data);
    },
    async predict(endpoint, instances) {
      const projects = await platform.projects();
      const name = registry.nameOf(endpoint);
      const model = await must(`reading ${name}`, () => projects.models.get({name}));
      // Asked by its own name, the version that answers is known.
      const version = model.data.defaultVersion?.name ?? name;
      const doing = `asking ${version}`;
      const requestBody: object = {instances};
      const answer = await must(doing, () => projects.predict({name: version, requestBody}));
      return {predictions: predictionsOf(answer.data, doing), version: shortName(version)};
    },
  };
}

/** A refusal can come as `error` of a good answer. Source: the reference of projects.predict, "Response body". */
function predictionsOf(answer: object, doing: string): readonly unknown[] {
  const {predictions, error} = answer as {predictions?: unknown[]; error?: string};
  if (error !== undefined) throw new PermanentError('SERVICE_REFUSED', `${doing}: ${error}`);
  return predictions ?? [];
}

function deployedIdOf({name, labels}: Schema$Version): Endpoint['deployed'][number]['id'] {
  const {runId} = originOf(labels);
  return runId === undefined ? shortName(name) : deployedModelIdOf(runId);
}

function copyOf({name, labels, ...version}: Schema$Version): Schema$Version & {readonly name: string} {
  const {deploymentUri, framework, runtimeVersion, pythonVersion, machineType} = version;
  return {
    name: shortName(name),
    labels: {...labels, ...COPY},
    autoScaling: {minNodes: 1},
    deploymentUri: deploymentUri ?? '',
    framework: framework ?? '',
    runtimeVersion: runtimeVersion ?? '',
    pythonVersion: pythonVersion ?? '',
    machineType: machineType ?? '',
  };
}

function shortName(name: string | null | undefined): string {
  return name?.slice(name.lastIndexOf('/') + 1) ?? '';
}
