import {deployOnce} from './deploy-once.ts';
import {deployedModelIdOf} from './domain/ids.ts';
import {versionReleased} from './domain/notifications.ts';
import {releaseDoorOf} from './domain/permits.ts';
import {isOpen, type Run} from './domain/run.ts';
import {modelOf, type Serving, servingOf} from './domain/serving.ts';
import {leaveDoor, passDoor} from './doors.ts';
import {NotYetError} from './errors.ts';
import {factOf, findRun} from './find-run.ts';
import type {ModelVersion} from './model-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';
import {settleEndpoint, takeBack} from './settle-endpoint.ts';
import {smokeTest} from './smoke-test.ts';
import {uploadVersion} from './upload-version.ts';

/** A run with the decision that lets it in. */
export type LetIn = Run & {readonly release: NonNullable<Run['release']>};

/**
 * Releases what the gate has let in. One at a time on an endpoint. Who answered before is taken down last, when nothing can bring
 * it back any more.
 */
export async function carryOutRelease(run: LetIn, ports: Ports): Promise<void> {
  const {pipeline} = factOf(run, 'definition');
  const door = releaseDoorOf(pipeline);
  if (!(await passDoor(door, {runId: run.id, holder: run.id}, ports))) return;
  await begin(run, ports);
  const version = await uploadVersion(run, run.release.sentence, ports);
  const serving = servingOf(pipeline);
  if (serving !== undefined && !(await giveTraffic(run, version, serving, ports))) return;
  if (!(await isWanted(run, ports))) return;
  await finish(run, version, ports);
  await settleEndpoint(await findRun(run.id, ports), ports);
  await leaveDoor(door, run.id, ports);
}

/** Writes down what will be released instead of what. @throws NotYetError when it was judged against another version than now answers */
async function begin(run: LetIn, ports: Ports): Promise<void> {
  if (run.state !== 'trained') return;
  const now = await platformOf(run, ports).models.champion(modelOf(factOf(run, 'definition').pipeline));
  if (now?.version !== run.release.replaces)
    throw new NotYetError('the champion has changed; deciding again');
  await ports.runs.advance(run.id, 'releasing', {release: run.release});
}

/** False when somebody has ended the run meanwhile. */
async function giveTraffic(
  run: LetIn,
  version: ModelVersion,
  serving: Serving,
  ports: Ports,
): Promise<boolean> {
  await smokeTest(run, version, serving, ports);
  const endpoint = await deployOnce(run, version, serving, ports);
  // The endpoint was read before the run: whoever sleeps in between has one that has changed, and is refused.
  if (!(await isWanted(run, ports))) return false;
  const own = deployedModelIdOf(run.id);
  if (endpoint.traffic[own] !== 100) await platformOf(run, ports).models.splitTraffic(endpoint, {[own]: 100});
  return true;
}

async function finish(run: LetIn, {version}: ModelVersion, ports: Ports): Promise<void> {
  const {pipeline} = factOf(run, 'definition');
  const model = modelOf(pipeline);
  await platformOf(run, ports).models.crown(model, version);
  const endpoint = servingOf(pipeline)?.endpoint;
  const release = {...run.release, model, version, ...(endpoint && {endpoint})};
  await ports.runs.advance(run.id, 'released', {release}, versionReleased({...run, release}, ports.place));
}

/** False when somebody ended the run while this delivery slept: what it has put on the endpoint is taken back. */
async function isWanted(run: Run, ports: Ports): Promise<boolean> {
  const now = await findRun(run.id, ports);
  if (isOpen(now)) return true;
  await takeBack(now, ports);
  return false;
}
