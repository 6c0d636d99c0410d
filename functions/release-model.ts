import {messageOf, runMessageSchema} from '../shared/domain/events.ts';
import {decideRelease, type Evaluation, type GateDecision, refuseOlder} from '../shared/domain/gate.ts';
import {deployedModelIdOf, effectKeyOf} from '../shared/domain/ids.ts';
import type {LabelledRows} from '../shared/domain/instances.ts';
import {type PermitKind, releaseDoor} from '../shared/domain/permits.ts';
import type {Run} from '../shared/domain/run.ts';
import {leaveDoor, passDoor} from '../shared/doors.ts';
import {NotYetError, PermanentError} from '../shared/errors.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import type {Endpoint, ModelVersion, Ports} from '../shared/ports.ts';
import {readExport} from '../shared/read-export.ts';
import {readInstances} from '../shared/read-instances.ts';
import {settleEffect} from '../shared/settle-effect.ts';

const SMOKE_ROWS = 5;

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
  | {readonly kind: 'reject'; readonly run: Run; readonly decision: GateDecision}
  | {
      readonly kind: 'release';
      readonly run: Run;
      readonly decision: GateDecision;
      /** The version that the decision is about. */
      readonly champion: string | undefined;
    };

/** A model was exported: judged against the champion, then versioned, deployed, given the traffic and asked a question. */
export const releaseModel: Stage<Input, Known, Plan> = {
  name: 'release-model',

  parse: (delivery) => messageOf(runMessageSchema, delivery).body,

  async load({runId}, ports) {
    const run = await findRun(runId, ports);
    if (run.state !== 'trained' && run.state !== 'releasing') return {run};
    const evaluation = await readExport(factOf(run, 'training').modelDir, ports);
    const champion = await ports.models.champion(factOf(run, 'definition').pipeline.serve.model);
    const championRun = champion?.runId === undefined ? undefined : await ports.runs.find(champion.runId);
    return {run, evaluation, champion, championRun};
  },

  plan(_input, {run, evaluation, champion, championRun}) {
    if (evaluation === undefined) return {kind: 'skip', why: `run is ${run.state}`};
    const sentence = run.release?.sentence;
    // Once decided, a repeat carries the decision out; the champion may meanwhile be this very version.
    if (run.state === 'releasing' && sentence !== undefined)
      return {kind: 'release', run, decision: {released: true, sentence}, champion: champion?.version};
    const served = champion && championRun && {version: champion.version, acceptedAt: championRun.createdAt};
    const refusal = refuseOlder(run.createdAt, served);
    if (refusal !== undefined) return {kind: 'reject', run, decision: refusal};
    const {gate, tune} = factOf(run, 'definition').pipeline;
    const rules = {
      minimum: gate.minimum,
      beatChampionBy: gate.beatChampion.by,
      metric: tune.metric,
      goal: tune.goal,
    };
    const decision = decideRelease(evaluation, rules, champion?.version);
    return decision.released
      ? {kind: 'release', run, decision, champion: champion?.version}
      : {kind: 'reject', run, decision};
  },

  async perform(plan, ports) {
    if (plan.kind === 'reject') await reject(plan, ports);
    if (plan.kind === 'release') await release(plan, ports);
  },
};

async function reject({run, decision: {sentence}}: Plan & {kind: 'reject'}, ports: Ports): Promise<void> {
  const body = {runId: run.id, pipeline: run.pipeline, sentence};
  await ports.runs.advance(run.id, 'rejected', {release: {sentence}}, {topic: 'version-rejected', body});
  await leaveDoor(doorOf(run), run.id, ports);
}

/** One release at a time at each endpoint: two would take each other's deployments down. */
async function release(plan: Plan & {kind: 'release'}, ports: Ports): Promise<void> {
  const {run} = plan;
  if (!(await passDoor(doorOf(run), {runId: run.id, holder: run.id}, ports))) return;
  if (run.state === 'trained') await assertSameChampion(plan, ports);
  await carryOut(plan, ports);
  await leaveDoor(doorOf(run), run.id, ports);
}

function doorOf(run: Run): PermitKind {
  return releaseDoor(factOf(run, 'definition').pipeline.serve.endpoint);
}

/** Another run may have been released between the decision and the permit; from here on nobody else is. */
async function assertSameChampion({run, champion}: Plan & {kind: 'release'}, {models}: Ports): Promise<void> {
  const now = await models.champion(factOf(run, 'definition').pipeline.serve.model);
  if (now?.version !== champion) throw new NotYetError('the champion has changed; deciding again');
}

async function carryOut({run, decision: {sentence}}: Plan & {kind: 'release'}, ports: Ports): Promise<void> {
  const {serve} = factOf(run, 'definition').pipeline;
  await ports.runs.advance(run.id, 'releasing', {release: {sentence}});
  const version = await uploadOnce(run, sentence, ports);
  const before = await ports.models.endpoint(serve.endpoint);
  const after = await deployOnce(run, version, before, ports);
  await moveTrafficTo(deployedModelIdOf(run.id), after, run, ports);
  await ports.models.crown(serve.model, version.version);
  const released = {sentence, model: serve.model, version: version.version, endpoint: serve.endpoint};
  const body = {runId: run.id, pipeline: run.pipeline, ...released};
  await ports.runs.advance(run.id, 'released', {release: released}, {topic: 'version-released', body});
}

async function uploadOnce(run: Run, description: string, ports: Ports): Promise<ModelVersion> {
  const {serve, trainer} = factOf(run, 'definition').pipeline;
  const {modelDir} = factOf(run, 'training');
  const key = effectKeyOf(run.id, 'version');
  const name = await settleEffect(ports, {
    key,
    runId: run.id,
    hasAdmission: false,
    find: async (attempt) => (await ports.models.findByEffect(serve.model, key, attempt))?.name,
    discard: (stray) => ports.models.deleteVersion(stray),
    async create(attempt) {
      const uploaded = await ports.models.upload({
        model: serve.model,
        runId: run.id,
        effectKey: key,
        attempt,
        artifactUri: modelDir,
        frameworkVersion: trainer.frameworkVersion,
        description,
      });
      return uploaded.name;
    },
  });
  const version = await ports.models.version(name);
  if (version !== undefined) return version;
  throw new PermanentError(
    'VERSION_GONE',
    `the version of run ${run.id} was deleted from model ${serve.model}`,
    {
      hint: 'Rerun to train and release again.',
    },
  );
}

/** The deployed model's id follows from the run, so that a repeat sees its own earlier deployment. */
async function deployOnce(
  run: Run,
  version: ModelVersion,
  endpoint: Endpoint,
  ports: Ports,
): Promise<Endpoint> {
  const {serve} = factOf(run, 'definition').pipeline;
  const id = deployedModelIdOf(run.id);
  if (endpoint.deployed.some((deployed) => deployed.id === id)) return endpoint;
  const first = endpoint.deployed.length === 0;
  await ports.models.deploy(endpoint.name, {id, version, machineType: serve.machineType, first});
  return ports.models.endpoint(serve.endpoint);
}

/** Moves all traffic and asks a few test rows. When the answer is no answer, the earlier version has the traffic back. */
async function moveTrafficTo(id: string, endpoint: Endpoint, run: Run, ports: Ports): Promise<void> {
  const {serve} = factOf(run, 'definition').pipeline;
  const {instances} = await readInstances(run, SMOKE_ROWS, ports);
  const earlier = earlierDeployment(id, endpoint, await ports.models.champion(serve.model));
  if (earlier !== undefined) await ports.models.moveTraffic(endpoint, id);
  try {
    await smokeTest(serve.endpoint, instances, ports);
  } catch (error) {
    if (earlier !== undefined) {
      await ports.models.moveTraffic(await ports.models.endpoint(serve.endpoint), earlier.id);
      // A version that will never answer must not keep a paid machine.
      if (error instanceof PermanentError) await ports.models.undeploy(endpoint.name, id);
    }
    throw error;
  }
  const now = await ports.models.endpoint(serve.endpoint);
  for (const idle of now.deployed) {
    if (idle.id !== id && !now.traffic[idle.id]) await ports.models.undeploy(now.name, idle.id);
  }
}

/** Who answered before: whoever has the traffic or, when a delivery that died has moved it already, the champion. */
function earlierDeployment(id: string, {deployed, traffic}: Endpoint, champion: ModelVersion | undefined) {
  const others = deployed.filter((other) => other.id !== id);
  return (
    others.find((other) => (traffic[other.id] ?? 0) > 0) ??
    others.find(({version}) => version === champion?.version)
  );
}

/** @throws PermanentError SMOKE_TEST when the model refuses the rows or does not answer each of them */
async function smokeTest(endpoint: string, rows: LabelledRows['instances'], ports: Ports): Promise<void> {
  const options = {
    where: `endpoint ${endpoint}`,
    hint: "Look at the model server's log, then rerun; an earlier version, if there is one, answers again.",
  };
  const {predictions} = await ports.models.predict(endpoint, rows).catch((cause: unknown) => {
    if (!(cause instanceof PermanentError)) throw cause;
    throw new PermanentError('SMOKE_TEST', `the model refused test rows: ${cause.message}`, {
      ...options,
      cause,
    });
  });
  if (predictions.length === rows.length) return;
  const message = `the model answered ${predictions.length} predictions for ${rows.length} test rows`;
  throw new PermanentError('SMOKE_TEST', message, options);
}
