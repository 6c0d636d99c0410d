import {isDeployed} from './deploy-once.ts';
import {deployedModelIdOf} from './domain/ids.ts';
import type {Run} from './domain/run.ts';
import {NotYetError} from './errors.ts';
import {factOf} from './find-run.ts';
import type {Endpoint} from './model-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';
import {clearCheck} from './smoke-test.ts';

type ReleasePorts = Pick<Ports, 'platforms'>;

/**
 * Makes the endpoints agree with how a run has ended. A released one has its endpoint for itself: who answered before is taken
 * down. What any other has put there is taken back, as if it had never come so far; its version stays in the registry.
 * @throws NotYetError when somebody else changes the endpoint at the same time
 */
export async function settleEndpoint(run: Run, ports: ReleasePorts): Promise<void> {
  if (run.release === undefined) return;
  return run.state === 'released' ? takeDownOthers(run, ports) : withdraw(run, ports);
}

/**
 * Takes back what a late delivery has put there for a run that had ended. Of a released run that is a second deployment, which idles:
 * the endpoint belongs to those who come after by then.
 */
export async function takeBack(run: Run, ports: ReleasePorts): Promise<void> {
  if (run.state !== 'released') return settleEndpoint(run, ports);
  const {models} = platformOf(run, ports);
  await clearCheck(run, ports);
  const endpoint = await models.endpoint(endpointOf(run));
  const own = deployedModelIdOf(run.id);
  if (isDeployed(run, endpoint) && !endpoint.traffic[own]) await models.undeploy(endpoint.name, own);
}

async function takeDownOthers(run: Run, ports: ReleasePorts): Promise<void> {
  const {models} = platformOf(run, ports);
  await clearCheck(run, ports);
  const {name, deployed, traffic} = await models.endpoint(endpointOf(run));
  for (const {id} of deployed) {
    if (id !== deployedModelIdOf(run.id) && !traffic[id]) await models.undeploy(name, id);
  }
}

/** Takes down what a run has deployed, and gives traffic and alias back to the version that answered before. */
export async function withdraw(run: Run, ports: ReleasePorts): Promise<void> {
  const {models} = platformOf(run, ports);
  await clearCheck(run, ports);
  const endpoint = await giveTrafficBack(run, ports);
  await giveAliasBack(run, endpoint, ports);
  if (!isDeployed(run, endpoint)) return;
  await models.undeploy(endpoint.name, deployedModelIdOf(run.id));
  if (isDeployed(run, await models.endpoint(endpointOf(run))))
    throw new NotYetError(`${endpoint.name} has changed while run ${run.id} was taken down`);
}

/** Sends what traffic a run's version has back to the version that answered before, if one did. */
async function giveTrafficBack(run: Run, ports: ReleasePorts): Promise<Endpoint> {
  const {models} = platformOf(run, ports);
  const endpoint = await models.endpoint(endpointOf(run));
  const own = deployedModelIdOf(run.id);
  const others = endpoint.deployed.filter(({id}) => id !== own);
  const before = others.find(({version}) => version === run.release?.replaces) ?? others[0];
  if (!endpoint.traffic[own] || before === undefined) return endpoint;
  await models.splitTraffic(endpoint, {[before.id]: 100});
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
