import assert from 'node:assert/strict';
import {completeJob} from '../../functions/complete-job.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import type {Budget} from '../../shared/domain/budget.ts';
import type {Trial} from '../../shared/domain/trial.ts';
import {checkRuns} from '../../shared/sweep/check-runs.ts';
import {jobEnded, published} from '../support/events.ts';
import {at, memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, erase, played, runOf} from '../support/story.ts';

const TUNING = '1000';
const HOUR_MS = 3_600_000;
const SUCCEEDED = {id: '1', state: 'succeeded', parameters: {alpha: 0.05}, metric: 0.8} as const;
const ACTIVE = {id: '2', state: 'active', parameters: {alpha: 0.01}} as const;

/** A run that tunes, with one trial at a time. */
async function tuning(budget?: Budget): Promise<{world: World; runId: string}> {
  const {world, runId} = await played(4);
  const run = runOf(world, runId);
  const {pipeline, digest} = run.definition!;
  world.runs.set(runId, {...run, definition: {digest, pipeline: {...pipeline, budget}}});
  return {world, runId};
}

/** The trials have begun at the same time as their job. */
function begin(world: World, trials: readonly Trial[]): void {
  const startTime = at(world);
  world.jobs.set(TUNING, {
    ...world.jobs.get(TUNING)!,
    trials: trials.map((trial) => ({...trial, startTime})),
  });
}

async function sweepAfter(hours: number, world: World): Promise<void> {
  world.nowMs += hours * HOUR_MS;
  await checkRuns(memoryPorts(world), {nowMs: world.nowMs, limit: 200});
}

const ended = (world: World) => deliver(erase(completeJob), jobEnded(TUNING), world);

describe('a budget of money', () => {
  /** An image is ready; the estimate has a price or none. */
  async function built(maxCost: number, hourly?: number): Promise<{world: World; runId: string}> {
    const {world, runId} = await played(3);
    const run = runOf(world, runId);
    const {pipeline, digest} = run.definition!;
    const tuning = {what: 'n1-standard-4', ...(hourly !== undefined && {hourly})};
    world.runs.set(runId, {
      ...run,
      definition: {digest, pipeline: {...pipeline, budget: {maxCost}}},
      estimate: {prices: '2026-11-23', tuning},
    });
    return {world, runId};
  }

  const begins = (world: World, runId: string) =>
    deliver(erase(startTuning), published('image-ready', {runId}), world);

  it('lets a search begin that it can hold', async () => {
    const {world, runId} = await built(1, 0.2);

    await begins(world, runId);

    assert.equal(runOf(world, runId).state, 'tuning');
  });

  for (const [what, hourly] of [
    ['whose least is more', 12.5],
    ['without a price', undefined],
  ] as const)
    it(`refuses a search ${what}, before anything is paid`, async () => {
      const {world, runId} = await built(1, hourly);

      await begins(world, runId);

      assert.equal(runOf(world, runId).failure?.code, 'BUDGET_REFUSED');
      assert.equal(world.jobs.size, 0);
    });
});

describe('a budget of node-hours', () => {
  it('ends tuning before it is passed, and trains the best trial so far again', async () => {
    const {world, runId} = await tuning({maxNodeHours: 4});
    begin(world, [SUCCEEDED, ACTIVE]);

    await sweepAfter(1.96, world);
    await ended(world);

    const {state, tuning: found, cost} = runOf(world, runId);
    assert.equal(state, 'training');
    assert.equal(found?.best?.id, '1');
    assert.equal(cost?.tuning?.hours.toFixed(2), '3.92');
    assert.equal(
      found?.why,
      'trial 1 has the highest metric, 0.8 (the only one to finish); 2 trials: 1 finished, 1 not ended; tuning ended after 3.92 of 4 node-hours',
    );
  });

  it('fails the run when nothing has succeeded until then', async () => {
    const {world, runId} = await tuning({maxNodeHours: 1});
    begin(world, [ACTIVE]);

    await sweepAfter(0.95, world);
    await ended(world);

    const {failure} = runOf(world, runId);
    assert.equal(failure?.code, 'BUDGET_SPENT');
    assert.equal(
      failure?.message,
      'tuning ended after 0.95 of 1 node-hours, before any of 1 trials gave a finite "accuracy"; trials: 1 not ended',
    );
  });

  it('of money ends tuning when its node-hours are paid for, at the price of the estimate', async () => {
    const {world, runId} = await tuning({maxCost: 0.21849885});
    begin(world, [SUCCEEDED, ACTIVE]);

    await sweepAfter(0.4, world);
    assert.equal(world.jobs.get(TUNING)?.state, 'running');
    await sweepAfter(0.1, world);
    await ended(world);

    const {state, tuning: found, cost} = runOf(world, runId);
    assert.equal(state, 'training');
    assert.match(found?.why ?? '', /; tuning ended after 1\.00 of 1 node-hours$/);
    assert.equal(cost?.tuning?.dollars?.toFixed(4), (0.21849885).toFixed(4));
  });

  it('tells the cost of what it has ended, also of a run that failed', async () => {
    const {world, runId} = await tuning({maxNodeHours: 1});
    begin(world, [ACTIVE]);

    await sweepAfter(0.95, world);
    await ended(world);

    assert.equal(runOf(world, runId).cost?.tuning?.dollars?.toFixed(4), (0.95 * 0.21849885).toFixed(4));
    assert.deepEqual(world.outbox.at(-1)?.body.cost, {
      dollars: runOf(world, runId).cost?.tuning?.dollars,
      prices: '2026-11-23',
    });
  });

  it('leaves a search alone that has enough until the next look', async () => {
    const {world} = await tuning({maxNodeHours: 1});
    begin(world, [ACTIVE]);

    await sweepAfter(0.9, world);

    assert.equal(world.jobs.get(TUNING)?.state, 'running');
  });

  it('tells what a search has used that ended by itself', async () => {
    const {world, runId} = await tuning({maxNodeHours: 1});
    const [startTime, endTime] = [at(world), new Date(world.nowMs + HOUR_MS / 4).toISOString()];
    const trials = [{...SUCCEEDED, startTime, endTime}];
    world.jobs.set(TUNING, {...world.jobs.get(TUNING)!, state: 'succeeded', trials});

    await ended(world);

    assert.equal(runOf(world, runId).cost?.tuning?.hours, 0.25);
    assert.doesNotMatch(runOf(world, runId).tuning?.why ?? '', /ended/);
  });

  it('does not excuse a job that failed when it was nearly used up', async () => {
    const {world, runId} = await tuning({maxNodeHours: 1});
    begin(world, [SUCCEEDED]);
    world.nowMs += HOUR_MS;
    const failed = {state: 'failed', fault: 'trainer', endTime: at(world)} as const;
    world.jobs.set(TUNING, {...world.jobs.get(TUNING)!, ...failed});

    await ended(world);

    assert.equal(runOf(world, runId).failure?.code, 'TUNING_FAILED');
  });

  it('does not excuse a job that somebody cancelled earlier', async () => {
    const {world, runId} = await tuning({maxNodeHours: 1});
    begin(world, [SUCCEEDED]);
    await memoryPorts(world).platforms.vertex.jobs.cancel(world.jobs.get(TUNING)!.name);

    await ended(world);

    assert.equal(runOf(world, runId).failure?.code, 'TUNING_FAILED');
  });

  it('that is not given ends nothing', async () => {
    const {world} = await tuning({maxTrials: 2});
    begin(world, [ACTIVE]);

    await sweepAfter(23, world);

    assert.equal(world.jobs.get(TUNING)?.state, 'running');
  });
});
