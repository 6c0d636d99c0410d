import {PermanentError, RetryableError} from '../../shared/errors.ts';
import type {Endpoint, Models} from '../../shared/model-ports.ts';
import type {World} from './memory-ports.ts';

/** A model registry and endpoints that refuse what Vertex AI refuses. */
export function memoryModels(world: World): Models {
  const {versions, champions, endpoints} = world;
  const read = (name: string): Endpoint => {
    const endpoint = endpoints.get(name);
    if (endpoint === undefined) throw new PermanentError('SERVICE_REFUSED', `no endpoint ${name}`);
    return endpoint;
  };
  const write = (endpoint: Endpoint) =>
    endpoints.set(endpoint.name, {...endpoint, etag: `${endpoint.etag}+`});
  return {
    champion: async (model) => versions.get(`${model}@${champions.get(model)}`),
    findByEffect: async (model, effectKey, attempt) =>
      [...versions.values()].find(
        (version) =>
          version.effectKey === effectKey &&
          version.attempt === attempt &&
          version.name.startsWith(`${model}@`),
      ),
    version: async (name) => versions.get(name),
    async deleteVersion(name) {
      world.beforeEffect('delete version');
      const version = versions.get(name);
      const isDeployed = [...endpoints.values()].some(({deployed}) =>
        deployed.some((other) => `${other.model}@${other.version}` === version?.name),
      );
      if (isDeployed) throw new RetryableError(`${name} is deployed`);
      versions.delete(name);
    },
    async upload({model, runId, effectKey, attempt, artifactUri}) {
      world.beforeEffect('upload version');
      const numbers = [...versions.values()]
        .filter(({name}) => name.startsWith(`${model}@`))
        .map(({version}) => Number(version));
      const version = String(Math.max(0, ...numbers) + 1);
      const uploaded = {name: `${model}@${version}`, version, artifactUri, runId, effectKey, attempt};
      versions.set(uploaded.name, uploaded);
      return uploaded;
    },
    async crown(model, version) {
      world.beforeEffect('crown');
      champions.set(model, version);
    },
    async uncrown(model, version) {
      world.beforeEffect('uncrown');
      if (champions.get(model) === version) champions.delete(model);
    },
    async endpoint(id) {
      if (!endpoints.has(id)) endpoints.set(id, {name: id, deployed: [], traffic: {}, etag: '1'});
      return read(id);
    },
    async deploy(endpoint, {id, version}) {
      world.beforeEffect(`deploy to ${endpoint}`);
      const {deployed, traffic, ...rest} = read(endpoint);
      if (deployed.some((other) => other.id === id))
        throw new PermanentError('SERVICE_REFUSED', `${id} is deployed`);
      const model = version.name.split('@')[0] ?? '';
      write({...rest, deployed: [...deployed, {id, model, version: version.version}], traffic});
    },
    async splitTraffic({name, etag}, percents) {
      world.beforeEffect(`split traffic of ${name}`);
      const endpoint = read(name);
      if (endpoint.etag !== etag) throw new RetryableError('the endpoint has changed');
      const traffic = Object.fromEntries(endpoint.deployed.map(({id}) => [id, percents[id] ?? 0]));
      const total = Object.values(traffic).reduce((sum, percent) => sum + percent, 0);
      if (total !== 100) throw new PermanentError('SERVICE_REFUSED', `${total} percent in all`);
      write({...endpoint, traffic});
    },
    async undeploy(name, id) {
      world.beforeEffect(`undeploy from ${name}`);
      const {deployed, traffic, ...rest} = read(name);
      if (traffic[id] && deployed.length > 1) return;
      const {[id]: _, ...left} = traffic;
      write({...rest, deployed: deployed.filter((other) => other.id !== id), traffic: left});
    },
    async predict(name, instances) {
      const {deployed, traffic} = read(name);
      const [answering] = deployed.toSorted((a, b) => (traffic[b.id] ?? 0) - (traffic[a.id] ?? 0));
      if (answering === undefined || !traffic[answering.id])
        throw new PermanentError('SERVICE_REFUSED', 'nothing is deployed');
      return {predictions: instances.map(() => 'yes'), version: answering.version};
    },
  };
}
