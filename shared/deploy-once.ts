import {deployedModelIdOf} from './domain/ids.ts';
import type {Run} from './domain/run.ts';
import type {Serving} from './domain/serving.ts';
import {NotYetError} from './errors.ts';
import type {Endpoint, ModelVersion} from './model-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';

type ReleasePorts = Pick<Ports, 'platforms'>;
type Place = Pick<Serving, 'endpoint' | 'machineType'>;

/** The id of a run's version on an endpoint: it follows from the run that made the version, for AI Platform keeps no other. */
export function deployedIdOf({id, restores}: Pick<Run, 'id' | 'restores'>): string {
  return deployedModelIdOf(restores?.run ?? id);
}

/** Has a run put its version on an endpoint? */
export function isDeployed(run: Run, {deployed}: Endpoint): boolean {
  return deployed.some(({id}) => id === deployedIdOf(run));
}

/**
 * Puts a run's version on an endpoint, without traffic. The deployed model's id is known before, so that a repeat sees its own
 * earlier deployment, and of two deliveries at the same moment one is refused.
 * @returns the endpoint as it is then
 * @throws NotYetError when another delivery has taken the version down meanwhile
 */
export async function deployOnce(
  run: Run,
  version: ModelVersion,
  {endpoint, machineType}: Place,
  ports: ReleasePorts,
): Promise<Endpoint> {
  const {models} = platformOf(run, ports);
  const before = await models.endpoint(endpoint);
  if (isDeployed(run, before)) return before;
  const request = {id: deployedIdOf(run), version, machineType};
  await models.deploy(before.name, request).catch(async (error: unknown) => {
    if (!isDeployed(run, await models.endpoint(endpoint))) throw error;
  });
  const after = await models.endpoint(endpoint);
  if (isDeployed(run, after)) return after;
  throw new NotYetError(`another delivery has taken version ${version.version} off endpoint ${endpoint}`);
}
