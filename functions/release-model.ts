import {deployOnce} from '../shared/deploy-once.ts';
import {messageOf, runMessageSchema} from '../shared/domain/events.ts';
import {decideRelease} from '../shared/domain/gate/decide-release.ts';
import type {Evaluation} from '../shared/domain/gate/evaluation.ts';
import {refuseOlder} from '../shared/domain/gate/release-order.ts';
import {deployedModelIdOf} from '../shared/domain/ids.ts';
import {versionRejected, versionReleased} from '../shared/domain/notifications.ts';
import {type PermitKind, releaseDoor} from '../shared/domain/permits.ts';
import {isOpen, isTerminal, type Run, type RunFacts} from '../shared/domain/run.ts';
import {leaveDoor, passDoor} from '../shared/doors.ts';
import {NotYetError} from '../shared/errors.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import type {ModelVersion} from '../shared/model-ports.ts';
import {platformOf} from '../shared/platform-of.ts';
import type {Ports} from '../shared/ports.ts';
import {readExport} from '../shared/read-export.ts';
import {settleEndpoint, takeBack} from '../shared/settle-endpoint.ts';
import {smokeTest} from '../shared/smoke-test.ts';
import {uploadVersion} from '../shared/upload-version.ts';

type Release = NonNullable<RunFacts['release']>;

interface Input {
  readonly runId: string;
}

interface Known {
  readonly run: Run;
  readonly evaluation?: Evaluation;
  readonly champion?: ModelVersion | undefined;
  /** The run that made the champion. */
  readonly championRun?: Run | undefined;
}

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'take back'; readonly run: Run}
  | {readonly kind: 'reject'; readonly run: Run; readonly release: Release}
  | {readonly kind: 'release'; readonly run: Run; readonly release: Release};

/** A model was exported: judged against the champion, then versioned, asked a few questions, deployed and given the traffic. */
export const releaseModel: Stage<Input, Known, Plan> = {
  name: 'release-model',

  parse: (delivery) => messageOf(runMessageSchema, delivery).body,

  async load({runId}, ports) {
    const run = await findRun(runId, ports);
    if (run.state !== 'trained' && run.state !== 'releasing') return {run};
    const evaluation = await readExport(factOf(run, 'training').modelDir, ports);
    const {models} = platformOf(run, ports);
    const champion = await models.champion(factOf(run, 'definition').pipeline.serve.model);
    const championRun = champion?.runId === undefined ? undefined : await ports.runs.find(champion.runId);
    return {run, evaluation, champion, championRun};
  },

  plan(_input, {run, evaluation, champion, championRun}) {
    // A delivery that slept and died may have put something up after the end; its message comes again.
    if (isTerminal(run.state) && run.release?.decision?.released) return {kind: 'take back', run};
    if (evaluation === undefined) return {kind: 'skip', why: `run is ${run.state}`};
    // Once decided, a repeat carries the decision out; the champion may meanwhile be this very version.
    if (run.state === 'releasing' && run.release !== undefined)
      return {kind: 'release', run, release: run.release};
    const served = champion && championRun && {version: champion.version, acceptedAt: championRun.createdAt};
    const refusal = refuseOlder(run.createdAt, served);
    const {gate, tune} = factOf(run, 'definition').pipeline;
    const rules = {...gate, metric: tune.metric, goal: tune.goal};
    const {sentence, ...decision} = refusal ?? decideRelease(evaluation, rules, champion?.version);
    if (!decision.released) return {kind: 'reject', run, release: {sentence, decision}};
    const replaced = champion === undefined ? {} : {replaces: champion.version};
    return {kind: 'release', run, release: {sentence, decision, ...replaced}};
  },

  async perform(plan, ports) {
    if (plan.kind === 'take back') await takeBack(plan.run, ports);
    if (plan.kind === 'reject') await reject(plan, ports);
    if (plan.kind === 'release') await carryOut(plan, ports);
  },
};

async function reject({run, release}: Plan & {kind: 'reject'}, ports: Ports): Promise<void> {
  await ports.runs.advance(run.id, 'rejected', {release}, versionRejected({...run, release}, ports.place));
  await leaveDoor(doorOf(run), run.id, ports);
}

/** One release at a time on an endpoint. Who answered before is taken down last, when nothing can bring it back any more. */
async function carryOut(plan: Plan & {kind: 'release'}, ports: Ports): Promise<void> {
  if (!(await passDoor(doorOf(plan.run), {runId: plan.run.id, holder: plan.run.id}, ports))) return;
  await begin(plan, ports);
  const {release} = plan;
  const run = {...plan.run, release};
  const {serve} = factOf(run, 'definition').pipeline;
  const {models} = platformOf(run, ports);
  const version = await uploadVersion(run, release.sentence, ports);
  await smokeTest(run, version, ports);
  const endpoint = await deployOnce(run, version, serve.endpoint, ports);
  // The endpoint was read before the run: whoever sleeps in between has one that has changed, and is refused.
  if (!(await isWanted(run, ports))) return;
  const own = deployedModelIdOf(run.id);
  if (endpoint.traffic[own] !== 100) await models.splitTraffic(endpoint, {[own]: 100});
  if (!(await isWanted(run, ports))) return;
  await models.crown(serve.model, version.version);
  const released = {...release, model: serve.model, version: version.version, endpoint: serve.endpoint};
  const announce = versionReleased({...run, release: released}, ports.place);
  await ports.runs.advance(run.id, 'released', {release: released}, announce);
  await settleEndpoint(await findRun(run.id, ports), ports);
  await leaveDoor(doorOf(run), run.id, ports);
}

function doorOf(run: Run): PermitKind {
  return releaseDoor(factOf(run, 'definition').pipeline.serve.endpoint);
}

/** Writes down what will be released instead of what. @throws NotYetError when it was judged against another version than now answers */
async function begin({run, release}: Plan & {kind: 'release'}, ports: Ports): Promise<void> {
  if (run.state === 'releasing') return;
  const now = await platformOf(run, ports).models.champion(factOf(run, 'definition').pipeline.serve.model);
  if (now?.version !== release.replaces) throw new NotYetError('the champion has changed; deciding again');
  await ports.runs.advance(run.id, 'releasing', {release});
}

/** False when somebody ended the run while this delivery slept: what it has put on the endpoint is taken back. */
async function isWanted(run: Run, ports: Ports): Promise<boolean> {
  const now = await findRun(run.id, ports);
  if (isOpen(now)) return true;
  await takeBack(now, ports);
  return false;
}
