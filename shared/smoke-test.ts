import {deployedIdOf, deployOnce, isDeployed} from './deploy-once.ts';
import {checkEndpointOf} from './domain/ids.ts';
import type {LabelledRows} from './domain/instances.ts';
import type {Run} from './domain/run.ts';
import type {Serving} from './domain/serving.ts';
import {NotYetError, PermanentError} from './errors.ts';
import type {ModelVersion} from './model-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';
import {readInstances} from './read-instances.ts';

const ROWS = 5;

/**
 * Asks a version a few test rows before anybody else can: on an endpoint of its own, which is empty again afterwards.
 * Done already when the version is where it will answer.
 * @throws PermanentError SMOKE_TEST when the model refuses the rows or does not answer each of them
 */
export async function smokeTest(
  run: Run,
  version: ModelVersion,
  {endpoint, machineType}: Serving,
  ports: Ports,
): Promise<void> {
  const {models} = platformOf(run, ports);
  const isPassed = async () => isDeployed(run, await models.endpoint(endpoint));
  if (await isPassed()) return;
  const {instances} = await readInstances(run, ROWS, ports);
  const check = checkEndpointOf(endpoint);
  const deployed = await deployOnce(run, version, {endpoint: check, machineType}, ports);
  const own = deployedIdOf(run);
  if (deployed.traffic[own] !== 100) await models.splitTraffic(deployed, {[own]: 100});
  await ask(run, check, instances, ports).catch(async (error: unknown) => {
    if (!(error instanceof PermanentError)) throw error;
    // Whoever comes second finds the endpoint empty; that says nothing about the model.
    const isStillThere = isDeployed(run, await models.endpoint(check));
    if (!isStillThere || (await isPassed())) throw new NotYetError('another delivery has asked the model');
    await clearCheck(run, endpoint, ports);
    throw error;
  });
  await clearCheck(run, endpoint, ports);
}

async function ask(run: Run, endpoint: string, rows: LabelledRows['instances'], ports: Ports): Promise<void> {
  const options = {
    where: `endpoint ${endpoint}`,
    hint: "Look at the model server's log, then rerun; an earlier version, if there is one, goes on answering.",
  };
  const {models} = platformOf(run, ports);
  const {predictions} = await models.predict(endpoint, rows).catch((cause: unknown) => {
    if (!(cause instanceof PermanentError)) throw cause;
    const message = `the model refused test rows: ${cause.message}`;
    throw new PermanentError('SMOKE_TEST', message, {...options, cause});
  });
  if (predictions.length === rows.length) return;
  const message = `the model answered ${predictions.length} predictions for ${rows.length} test rows`;
  throw new PermanentError('SMOKE_TEST', message, options);
}

/** Takes down what a run has put on the endpoint for questions, so that no idle machine is paid. */
export async function clearCheck(run: Run, endpoint: string, ports: Pick<Ports, 'platforms'>): Promise<void> {
  const {models} = platformOf(run, ports);
  const check = await models.endpoint(checkEndpointOf(endpoint));
  if (isDeployed(run, check)) await models.undeploy(check.name, deployedIdOf(run));
}
