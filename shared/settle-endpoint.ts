import {deployedModelIdOf} from './domain/ids.ts';
import type {Run} from './domain/run.ts';
import {NotYetError} from './errors.ts';
import {factOf} from './find-run.ts';
import type {Endpoint} from './model-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';

type ReleasePorts = Pick<Ports, 'platforms'>;

/**
 * Makes an endpoint agree with how a run has ended. A released one has it for itself: who answered before is taken down. What any
 * other has put there is taken back, as if it had never come so far; its version stays in the registry.
 * @throws NotYetError when somebody else changes the endpoint at the same time
 */
export async function settleEndpoint(run: Run, ports: ReleasePorts): Promise<void> {
  if (run.release === undefined) return;
  return run.state === 'released' ? takeDownOthers(run, ports) : withdraw(run, ports);
}

async function takeDownOthers(run: Run, ports: ReleasePorts): Promise<void> {
  const {models} = platformOf(run, ports);
  const {name, deployed, traffic} = await takeTraffic(run, ports);
  for (const {id} of deployed) {
    if (id !== deployedModelIdOf(run.id) && !traffic[id]) await models.undeploy(name, id);
  }
}

/** Another delivery for the same run may have given the traffic back, because its own question to the version failed. */
async function takeTraffic(run: Run, ports: ReleasePorts): Promise<Endpoint> {
  const {models} = platformOf(run, ports);
  const endpoint = await models.endpoint(endpointOf(run));
  const own = deployedModelIdOf(run.id);
  const isOut = !endpoint.traffic[own] && endpoint.deployed.some(({id}) => id === own);
  const champion = isOut ? await models.champion(factOf(run, 'definition').pipeline.serve.model) : undefined;
  if (champion?.runId !== run.id) return endpoint;
  await models.moveTraffic(endpoint, own);
  return models.endpoint(endpointOf(run));
}

/** Takes down what a run has deployed, and gives traffic and alias back to the version that answered before. */
export async function withdraw(run: Run, ports: ReleasePorts): Promise<void> {
  const {models} = platformOf(run, ports);
  const own = deployedModelIdOf(run.id);
  const endpoint = await giveTrafficBack(run, ports);
  await giveAliasBack(run, endpoint, ports);
  if (!endpoint.deployed.some(({id}) => id === own)) return;
  await models.undeploy(endpoint.name, own);
  const now = await models.endpoint(endpointOf(run));
  if (now.deployed.some(({id}) => id === own))
    throw new NotYetError(`${endpoint.name} has changed while run ${run.id} was taken down`);
}

/** Sends what traffic a run's version has back to the version that answered before, if one did. */
export async function giveTrafficBack(run: Run, ports: ReleasePorts): Promise<Endpoint> {
  const {models} = platformOf(run, ports);
  const endpoint = await models.endpoint(endpointOf(run));
  const own = deployedModelIdOf(run.id);
  const others = endpoint.deployed.filter(({id}) => id !== own);
  const before = others.find(({version}) => version === run.release?.replaces) ?? others[0];
  if (!endpoint.traffic[own] || before === undefined) return endpoint;
  await models.moveTraffic(endpoint, before.id);
  return models.endpoint(endpointOf(run));
}

async function giveAliasBack(run: Run, endpoint: Endpoint, ports: ReleasePorts): Promise<void> {
  const {models} = platformOf(run, ports);
  const {model} = factOf(run, 'definition').pipeline.serve;
  const champion = await models.champion(model);
  if (champion?.runId !== run.id) return;
  const answering = endpoint.deployed.find(
    ({id, model: name}) => endpoint.traffic[id] && name.split('/').at(-1) === model,
  );
  if (answering === undefined || answering.version === champion.version)
    return models.uncrown(model, champion.version);
  return models.crown(model, answering.version);
}

function endpointOf(run: Run): string {
  return factOf(run, 'definition').pipeline.serve.endpoint;
}
