import type {z} from 'zod';
import {carryOutRelease, type LetIn} from '../shared/carry-out-release.ts';
import {percentOf} from '../shared/domain/canary.ts';
import type {Expected} from '../shared/domain/cost.ts';
import {messageOf, releaseMessageSchema} from '../shared/domain/events.ts';
import {decideRelease} from '../shared/domain/gate/decide-release.ts';
import type {GateDecision} from '../shared/domain/gate/decision.ts';
import type {Evaluation} from '../shared/domain/gate/evaluation.ts';
import {approved, rolledBack} from '../shared/domain/gate/human-decision.ts';
import {refuseOlder} from '../shared/domain/gate/release-order.ts';
import {versionRejected} from '../shared/domain/notifications.ts';
import {releaseDoorOf} from '../shared/domain/permits.ts';
import {isTerminal, type Run, type RunFacts} from '../shared/domain/run.ts';
import {modelOf, servingOf} from '../shared/domain/serving.ts';
import {leaveDoor} from '../shared/doors.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import type {ModelVersion} from '../shared/model-ports.ts';
import {platformOf} from '../shared/platform-of.ts';
import type {Ports} from '../shared/ports.ts';
import {readExport} from '../shared/read-export.ts';
import {takeBack} from '../shared/settle-endpoint.ts';

type Release = NonNullable<RunFacts['release']>;

type Input = z.output<typeof releaseMessageSchema>;

interface Known {
  readonly run: Run;
  /** Absent when there is nothing to judge: a roll-back is decided already. */
  readonly evaluation?: Evaluation | undefined;
  readonly champion?: ModelVersion | undefined;
  /** The run that made the champion. */
  readonly championRun?: Run | undefined;
}

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'take back'; readonly run: Run}
  | {readonly kind: 'reject'; readonly run: Run; readonly release: Release}
  /** With who has asked, when a message brings the wish. */
  | {
      readonly kind: 'release';
      readonly run: LetIn;
      readonly promote?: Input['promote'];
      readonly estimate?: Expected | undefined;
    };

/** A model was exported: judged against the champion, then versioned, asked a few questions, deployed and given the traffic. */
export const releaseModel: Stage<Input, Known, Plan> = {
  name: 'release-model',

  parse: (delivery) => messageOf(releaseMessageSchema, delivery).body,

  async load({runId}, ports) {
    const run = await findRun(runId, ports);
    if (run.state !== 'trained' && run.state !== 'releasing') return {run};
    const evaluation =
      run.restores === undefined ? await readExport(factOf(run, 'training').modelDir, ports) : undefined;
    const {models} = platformOf(run, ports);
    const champion = await models.champion(modelOf(factOf(run, 'definition').pipeline));
    const championRun = champion?.runId === undefined ? undefined : await ports.runs.find(champion.runId);
    return {run, evaluation, champion, championRun};
  },

  plan({promote}, known) {
    const {run, champion} = known;
    // A delivery that slept and died may have put something up after the end; its message comes again.
    if (isTerminal(run.state) && run.release?.decision?.released) return {kind: 'take back', run};
    if (run.state === 'canary') return planCanary(run, promote);
    // Once decided, a repeat carries the decision out; the champion may meanwhile be this very version.
    if (run.state === 'releasing' && run.release !== undefined)
      return {kind: 'release', run: {...run, release: run.release}};
    const decided = decide(known);
    if (decided === undefined) return {kind: 'skip', why: `run is ${run.state}`};
    const {sentence, ...decision} = decided;
    if (!decision.released) return {kind: 'reject', run, release: {sentence, decision}};
    const replaced = champion === undefined ? {} : {replaces: champion.version, ...canaryOf(run)};
    return {
      kind: 'release',
      run: {...run, release: {sentence, decision, ...replaced}},
      estimate: run.estimate?.serving,
    };
  },

  async perform(plan, ports) {
    if (plan.kind === 'take back') await takeBack(plan.run, ports);
    if (plan.kind === 'reject') await reject(plan, ports);
    if (plan.kind === 'release') await release(plan, ports);
  },
};

/** A person stands above the gate; undefined when there is nothing to decide. */
function decide({run, evaluation, champion, championRun}: Known): GateDecision | undefined {
  if (run.state === 'trained' && run.restores !== undefined)
    return rolledBack(run.restores, champion?.version);
  if (evaluation === undefined) return undefined;
  const served = champion && championRun && {version: champion.version, acceptedAt: championRun.createdAt};
  const {gate, tune} = factOf(run, 'definition').pipeline;
  const rules = {...gate, metric: tune.metric, goal: tune.goal};
  const decision = refuseOlder(run.createdAt, served) ?? decideRelease(evaluation, rules, champion?.version);
  return approved(decision, run.approval);
}

/** A canary goes on when somebody wants it to. */
function planCanary(run: Run, promote: Input['promote']): Plan {
  if (run.release === undefined || (run.promoteRequested ?? promote) === undefined)
    return {kind: 'skip', why: 'run is canary, and nobody has promoted it'};
  const {canary: _, ...release} = run.release;
  return {kind: 'release', run: {...run, release}, promote};
}

/** What a version gets at first, where the pipeline wants that. */
function canaryOf(run: Run): Pick<Release, 'canary'> {
  if (run.restores !== undefined) return {};
  const share = servingOf(factOf(run, 'definition').pipeline)?.canary;
  const canary = share && percentOf(share);
  return canary ? {canary} : {};
}

async function release({run, promote}: Plan & {kind: 'release'}, ports: Ports): Promise<void> {
  if (promote !== undefined && (await ports.runs.requestPromotion(run.id, promote)) === 'no-canary') return;
  await carryOutRelease(run, ports);
}

async function reject({run, release}: Plan & {kind: 'reject'}, ports: Ports): Promise<void> {
  await ports.runs.advance(run.id, 'rejected', {release}, versionRejected({...run, release}, ports.place));
  await leaveDoor(releaseDoorOf(factOf(run, 'definition').pipeline), run.id, ports);
}
