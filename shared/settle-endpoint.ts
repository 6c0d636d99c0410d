import {deployedIdOf, isDeployed} from './deploy-once.ts';
import type {Run} from './domain/run.ts';
import {modelOf, servingOf} from './domain/serving.ts';
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
  // What was not let in has put up nothing; the version that a roll-back asked for may answer already.
  if (run.release === undefined || run.release.decision?.released === false) return;
  if (run.state !== 'released') return withdraw(run, ports);
  const endpoint = endpointOf(run);
  if (endpoint === undefined) return;
  await clearCheck(run, endpoint, ports);
  await takeDownOthers(run, endpoint, ports);
}

/**
 * Takes back what a late delivery has put there for a run that had ended. Of a released run that is a second deployment, which idles:
 * the endpoint belongs to those who come after by then.
 */
export async function takeBack(run: Run, ports: ReleasePorts): Promise<void> {
  if (run.state !== 'released') return settleEndpoint(run, ports);
  const endpoint = endpointOf(run);
  if (endpoint === undefined) return;
  await clearCheck(run, endpoint, ports);
  const {models} = platformOf(run, ports);
  const own = deployedIdOf(run);
  const now = await models.endpoint(endpoint);
  if (isDeployed(run, now) && !now.traffic[own]) await models.undeploy(now.name, own);
}

async function takeDownOthers(run: Run, endpoint: string, ports: ReleasePorts): Promise<void> {
  const {models} = platformOf(run, ports);
  const {name, deployed, traffic} = await models.endpoint(endpoint);
  for (const {id} of deployed) {
    if (id !== deployedIdOf(run) && !traffic[id]) await models.undeploy(name, id);
  }
}

/** Takes down what a run has deployed, and gives traffic and alias back to the version that was there before. */
export async function withdraw(run: Run, ports: ReleasePorts): Promise<void> {
  const endpoint = endpointOf(run);
  if (endpoint === undefined) return giveAliasBack(run, run.release?.replaces, ports);
  await clearCheck(run, endpoint, ports);
  const now = await giveTrafficBack(run, endpoint, ports);
  await giveAliasBack(run, answeringOn(now, run), ports);
  if (!isDeployed(run, now)) return;
  const {models} = platformOf(run, ports);
  await models.undeploy(now.name, deployedIdOf(run));
  if (isDeployed(run, await models.endpoint(endpoint)))
    throw new NotYetError(`${endpoint} has changed while run ${run.id} was taken down`);
}

/** Sends what traffic a run's version has back to the version that answered before, if one did. */
async function giveTrafficBack(run: Run, endpoint: string, ports: ReleasePorts): Promise<Endpoint> {
  const {models} = platformOf(run, ports);
  const now = await models.endpoint(endpoint);
  const own = deployedIdOf(run);
  const others = now.deployed.filter(({id}) => id !== own);
  const before = others.find(({version}) => version === run.release?.replaces) ?? others[0];
  if (!now.traffic[own] || before === undefined) return now;
  await models.splitTraffic(now, {[before.id]: 100});
  return models.endpoint(endpoint);
}

/** The version of a run's model that has traffic. */
function answeringOn({deployed, traffic}: Endpoint, run: Run): string | undefined {
  const model = modelOf(factOf(run, 'definition').pipeline);
  return deployed.find(({id, model: name}) => traffic[id] && name.split('/').at(-1) === model)?.version;
}

async function giveAliasBack(run: Run, version: string | undefined, ports: ReleasePorts): Promise<void> {
  const {models} = platformOf(run, ports);
  const model = modelOf(factOf(run, 'definition').pipeline);
  const champion = await models.champion(model);
  if (champion?.runId !== (run.restores?.run ?? run.id)) return;
  if (version === undefined || version === champion.version) return models.uncrown(model, champion.version);
  return models.crown(model, version);
}

function endpointOf(run: Run): string | undefined {
  return servingOf(factOf(run, 'definition').pipeline)?.endpoint;
}
