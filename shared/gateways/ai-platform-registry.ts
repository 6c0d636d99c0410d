import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {type AiPlatform, awaitOperation} from './ai-platform.ts';
import {allPages, SEND_ONCE} from './google-api.ts';
import {call, must} from './service-error.ts';

export type Schema$Version = ml_v1.Schema$GoogleCloudMlV1__Version;
type Schema$Model = ml_v1.Schema$GoogleCloudMlV1__Model;

const NOT_FOUND = 404;
const CONFLICT = 409;
const PAGE_SIZE = 100;

/** Models and versions as the service has them. */
export interface AiPlatformRegistry {
  /** The full name of a model. Hyphens, which the service does not take, become underscores, which our names have not. */
  nameOf(model: string): string;
  findModel(name: string): Promise<Schema$Model | undefined>;
  /** Creates it on first use. */
  model(id: string): Promise<Schema$Model>;
  findVersion(name: string): Promise<Schema$Version | undefined>;
  versionsOf(model: string): Promise<Schema$Version[]>;
  /** Makes a version ready, unless one of this name is there. */
  createVersion(model: string, version: Schema$Version & {readonly name: string}): Promise<void>;
  /** How many machines wait for questions to a version; with none, one is started when a question comes. */
  keepNodes(version: string, minNodes: number): Promise<void>;
}

export function aiPlatformRegistry(platform: AiPlatform): AiPlatformRegistry {
  const {parent} = platform;
  const nameOf = (model: string) => `${parent}/models/${model.replaceAll('-', '_')}`;
  const models = async () => (await platform.projects()).models;

  async function findModel(name: string): Promise<Schema$Model | undefined> {
    const client = await models();
    return (await call(`reading ${name}`, () => client.get({name}), [NOT_FOUND]))?.data;
  }

  return {
    nameOf,
    findModel,
    async model(id) {
      const name = nameOf(id);
      const found = await findModel(name);
      if (found !== undefined) return found;
      const client = await models();
      const requestBody = {name: name.slice(name.lastIndexOf('/') + 1)};
      await call(`creating model ${id}`, () => client.create({parent, requestBody}, SEND_ONCE), [CONFLICT]);
      return (await must(`reading ${name}`, () => client.get({name}))).data;
    },
    async findVersion(name) {
      const {versions} = await models();
      return (await call(`reading ${name}`, () => versions.get({name}), [NOT_FOUND]))?.data;
    },
    async versionsOf(model) {
      const {versions} = await models();
      const query = {parent: model, pageSize: PAGE_SIZE};
      const found: Schema$Version[] = [];
      const pages = allPages(`listing the versions of ${model}`, (at) => versions.list({...query, ...at}));
      for await (const {versions: page = []} of pages) found.push(...page);
      return found;
    },
    async createVersion(model, requestBody) {
      const {versions} = await models();
      const doing = `creating version ${requestBody.name} of ${model}`;
      const request = {parent: model, requestBody};
      const started = await call(doing, () => versions.create(request, SEND_ONCE), [CONFLICT]);
      if (started !== undefined) await awaitOperation(platform, doing, started.data);
    },
    async keepNodes(name, minNodes) {
      const {versions} = await models();
      const doing = `keeping ${minNodes} nodes for ${name}`;
      const requestBody = {autoScaling: {minNodes}};
      const started = await must(doing, () =>
        versions.patch({name, updateMask: 'autoScaling.minNodes', requestBody}),
      );
      await awaitOperation(platform, doing, started.data);
    },
  };
}

/** Is a version deployed: does a machine wait for questions to it? */
export function keepsNodes({autoScaling}: Schema$Version): boolean {
  return (autoScaling?.minNodes ?? 0) > 0;
}
