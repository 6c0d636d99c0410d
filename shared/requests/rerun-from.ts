import {z} from 'zod';
import {assertMachines} from '../assert-machines.ts';
import {estimateOf} from '../domain/estimate.ts';
import {runIdOf, sha256Hex} from '../domain/ids.ts';
import {type Limit, RERUN_LIMIT} from '../domain/request-limits.ts';
import {BEGINNINGS, lateOverrides, merged, type Overrides, takenOver} from '../domain/rerun-plan.ts';
import {
  isTerminal,
  RERUN_STAGES,
  type RerunStage,
  type Run,
  type RunFacts,
  type RunInput,
} from '../domain/run.ts';
import {PermanentError} from '../errors.ts';
import {findRun} from '../find-run.ts';
import {checkPipeline} from '../pipeline-file.ts';
import type {Ports} from '../ports.ts';
import {TooManyError} from '../problem.ts';
import {readDefinition} from '../read-definition.ts';
import type {RequestAnswer} from '../request-ports.ts';
import {inputMissing, verifyResults} from '../verify-results.ts';
import {type Asked, action, runIdSchema} from './action.ts';
import {askToEnd} from './ask-to-end.ts';

const OVERRIDES_HINT = 'Correct the overrides: see docs/reference/pipeline-yaml.md.';

const bodySchema = z.strictObject({
  action: z.literal('rerun'),
  run: runIdSchema,
  from: z.enum(RERUN_STAGES).default('split'),
  overrides: z.record(z.string(), z.unknown()).default({}),
  force: z.boolean().default(false),
});

/**
 * Runs the object of an ended run again, from a stage on: a run of its own, which takes over the results of the stages before once they
 * have been verified. The run it repeats stays as it is; with `force`, one that has not ended is asked to end.
 */
export const rerunFrom = action(bodySchema, async ({run: runId, from, overrides, force}, asked, ports) => {
  assertInTime(overrides, from);
  const parent = await findRun(runId, ports);
  if (!force && !isTerminal(parent.state)) {
    throw new PermanentError('RUN_ACTIVE', `run ${runId} is still ${parent.state}`, {
      where: `runs/${runId}`,
      hint: 'Wait until it has ended, or cancel it with "force".',
    });
  }
  const facts = await factsFor(parent, from, overrides, ports);
  const input = await rerunInput(parent, asked, ports, RERUN_LIMIT);
  if (force) await askToEnd(runId, {by: asked.caller, reason: `rerun as ${runIdOf(input)}`}, ports);
  return beginRerun(parent, {input, from, facts}, ports);
});

/** What a rerun begins with. */
interface Rerun {
  readonly input: RunInput;
  readonly from: RerunStage;
  readonly facts: RunFacts;
}

/** Makes the run of its own that a rerun is, and has it begin. Done again, it is the same one. */
export async function beginRerun(
  {id: parent, pipeline}: Run,
  {input, from, facts}: Rerun,
  {runs, messages, prices, place}: Pick<Ports, 'runs' | 'messages' | 'prices' | 'place'>,
): Promise<RequestAnswer> {
  const id = runIdOf(input);
  const {state, topic} = BEGINNINGS[from];
  const {definition} = facts;
  const market = {prices, region: place.region};
  const estimate = definition && {estimate: estimateOf(definition.pipeline, from, market)};
  await runs.create({id, pipeline, input, parent, from, state, ...facts, ...estimate});
  await messages.publish(topic, {runId: id});
  return {run: id};
}

function assertInTime(overrides: Overrides, from: RerunStage): void {
  const late = lateOverrides(overrides, from);
  if (late.length === 0) return;
  const {sections} = BEGINNINGS[from];
  throw new PermanentError(
    'OVERRIDE_REFUSED',
    `a rerun from ${from} takes ${sections.join(', ')}, not ${late.join(', ')}`,
    {where: 'overrides', hint: 'Rerun from an earlier stage, or leave it out.'},
  );
}

/** What the rerun begins with. Without overrides, one from the split on reads pipeline.yaml as it is then. */
export async function factsFor(
  parent: Run,
  from: RerunStage,
  overrides: Overrides,
  ports: Ports,
): Promise<RunFacts> {
  const facts = takenOver(parent, from);
  for (const fact of BEGINNINGS[from].takes) {
    if (facts[fact] === undefined)
      throw inputMissing(parent.id, `run ${parent.id} has no ${fact} to take over`, `runs/${parent.id}`);
  }
  await verifyResults(parent, facts, ports);
  if (Object.keys(overrides).length === 0) return facts;
  const {pipeline} = facts.definition ?? (await readDefinition(parent, ports));
  const changed = checkPipeline(merged(pipeline, overrides), 'overrides', OVERRIDES_HINT);
  assertMachines(changed, ports, 'overrides');
  return {...facts, definition: {digest: sha256Hex(JSON.stringify(changed)), pipeline: changed}};
}

/** The object again, under the epoch of this request. @param limit none for what may never be refused @throws TooManyError */
export async function rerunInput(
  {input}: Run,
  {key}: Asked,
  {requests}: Ports,
  limit?: Limit,
): Promise<RunInput> {
  const given = await requests.epoch(key, input, limit);
  if (given.kind === 'granted') return {...input, epoch: given.epoch};
  const message = 'this object was rerun too often in the last 24 hours';
  throw new TooManyError('RERUN_LIMIT', message, given.retryAfterSeconds);
}
