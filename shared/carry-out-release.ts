import {deployedIdOf, deployOnce} from './deploy-once.ts';
import {sharesOf} from './domain/canary.ts';
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
 * Releases what the gate has let in, or makes it a canary. One at a time on an endpoint: a canary keeps its permit. Who answered
 * before is taken down last, when nothing can bring it back any more.
 */
export async function carryOutRelease(run: LetIn, ports: Ports): Promise<void> {
  const {pipeline} = factOf(run, 'definition');
  const door = releaseDoorOf(pipeline);
  if (!(await passDoor(door, {runId: run.id, holder: run.id}, ports))) return;
  await begin(run, ports);
  const version = await uploadVersion(run, run.release.sentence, ports);
  const serving = servingOf(pipeline);
  const share = serving === undefined ? 'all' : await giveTraffic(run, version, serving, ports);
  if (share === 'none' || !(await isWanted(run, ports))) return;
  const release = {
    ...run.release,
    model: modelOf(pipeline),
    version: version.version,
    ...(serving && {endpoint: serving.endpoint}),
  };
  if (share === 'part') {
    await ports.runs.advance(run.id, 'canary', {release});
    return;
  }
  await crown({...run, release}, version, ports);
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

/** How much of the traffic the version has then; none when somebody has ended the run meanwhile. */
async function giveTraffic(
  run: LetIn,
  version: ModelVersion,
  serving: Serving,
  ports: Ports,
): Promise<'none' | 'part' | 'all'> {
  await smokeTest(run, version, serving, ports);
  const endpoint = await deployOnce(run, version, serving, ports);
  // The endpoint was read before the run: whoever sleeps in between has one that has changed, and is refused.
  if (!(await isWanted(run, ports))) return 'none';
  const own = deployedIdOf(run);
  const shares = sharesOf(endpoint.deployed, own, run.release);
  if (endpoint.traffic[own] !== shares[own])
    await platformOf(run, ports).models.splitTraffic(endpoint, shares);
  return shares[own] === 100 ? 'all' : 'part';
}

async function crown(run: LetIn, {version}: ModelVersion, ports: Ports): Promise<void> {
  const model = modelOf(factOf(run, 'definition').pipeline);
  await platformOf(run, ports).models.crown(model, version);
  await ports.runs.advance(run.id, 'released', {release: run.release}, versionReleased(run, ports.place));
}

/** False when somebody ended the run while this delivery slept: what it has put on the endpoint is taken back. */
async function isWanted(run: Run, ports: Ports): Promise<boolean> {
  const now = await findRun(run.id, ports);
  if (isOpen(now)) return true;
  await takeBack(now, ports);
  return false;
}
