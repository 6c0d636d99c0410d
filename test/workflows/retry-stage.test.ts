import assert from 'node:assert/strict';
import {buildImage} from '../../functions/build-image.ts';
import {RefusedError} from '../../shared/errors.ts';
import {checkRuns} from '../../shared/sweep/check-runs.ts';
import {published} from '../support/events.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, erase, PIPELINE_YAML, play, played, push, runOf, STEPS} from '../support/story.ts';
import {runRetryStage, settledRetries} from './support/retries-played.ts';

const STAGE = 'build-image';
const HOUR_MS = 3_600_000;

/** Cloud Build refuses so many builds before it takes one. */
function refuses(world: World, times: number): void {
  let left = times;
  world.beforeEffect = (effect) => {
    if (effect === 'start build' && left-- > 0) throw new RefusedError('429: too many builds');
  };
}

/** A run whose build was refused once. */
async function failedOnce(): Promise<{world: World; runId: string; argument: object}> {
  const {world, runId} = await played(1);
  refuses(world, 1);
  await deliver(erase(buildImage), published('split-ready', {runId}), world);
  world.messages.splice(0);
  return {world, runId, argument: {run: runId, stage: STAGE, failures: 1}};
}

describe('a stage that is retried by the workflow retry-stage', () => {
  it('succeeds after two failures, with a longer pause before the third attempt', async () => {
    const {world, runId} = await played(1);
    const startMs = world.nowMs;
    refuses(world, 2);

    const executions = await settledRetries(world);

    assert.equal(runOf(world, runId).state, 'building');
    assert.equal(runOf(world, runId).trouble?.message, '429: too many builds');
    assert.deepEqual([executions, world.builds.size], [2, 1]);
    const seconds = (world.nowMs - startMs) / 1000;
    assert.ok(seconds >= (60 + 120) * 0.8 && seconds <= (60 + 120) * 1.2, `${seconds}`);
  });

  it('fails its run with the last reason when the attempts are used up', async () => {
    const {world, runId} = await played(1);
    refuses(world, 99);

    const executions = await settledRetries(world);

    const {state, failure} = runOf(world, runId);
    assert.equal(executions, 8);
    assert.equal(state, 'failed');
    assert.equal(failure?.stage, STAGE);
    assert.match(failure?.message ?? '', /8 attempts.*429: too many builds/);
    assert.equal(world.builds.size, 0);
  });

  it('is retried as often and as late as its pipeline says', async () => {
    const {world} = await played(0);
    await push(
      world,
      `${PIPELINE_YAML}retry: {maxAttempts: 5, initialDelay: 1h, multiplier: 10, maxDelay: 6h}\n`,
    );
    const startMs = world.nowMs;
    refuses(world, 99);
    const [runId = ''] = world.runs.keys();
    world.messages.push({topic: 'run-accepted', runId});

    const executions = await settledRetries(world);

    assert.equal(executions, 5);
    const hours = (world.nowMs - startMs) / 3_600_000;
    assert.ok(hours >= (1 + 6 + 6 + 6) * 0.8 && hours <= (1 + 6 + 6 + 6) * 1.2, `${hours}`);
  });

  it('is given up all the same when every execution dies after its claim', async () => {
    const {world, runId} = await played(0);
    const {retries, checks} = memoryPorts(world);
    await push(world, `${PIPELINE_YAML}retry: {maxAttempts: 3}\n`);
    await play(STEPS[0]!, world, runId);
    refuses(world, 99);

    for (let failures = 1; failures <= 3; failures++) {
      for (const {topic} of world.messages.splice(0))
        await deliver(erase(buildImage), published(topic, {runId}), world);
      const claim = await retries.claim({runId, stage: STAGE, failures, execution: `dead-${failures}`});
      assert.equal(claim.decision, failures < 3 ? 'retry' : 'give-up');
      assert.deepEqual(await checks.due(1), []);
      world.nowMs += HOUR_MS;
      await checkRuns(memoryPorts(world), {nowMs: world.nowMs, limit: 10});
      assert.deepEqual(world.messages, [{topic: 'split-ready', runId}]);
    }
    await settledRetries(world, 3);

    assert.match(runOf(world, runId).failure?.message ?? '', /given up after 4 attempts/);
    assert.equal(world.builds.size, 0);
  });

  it('counts anew once its run has moved', async () => {
    const {world, runId} = await played(3);
    let left = 2;
    world.beforeEffect = (effect) => {
      if (effect === 'start tuning' && left-- > 0) throw new RefusedError('429');
    };

    await settledRetries(world);

    const {state, retries} = runOf(world, runId);
    assert.deepEqual([state, retries], ['tuning', undefined]);
  });
});

describe('the workflow retry-stage', () => {
  it('publishes the message of the stage after the pause, and no sooner', async () => {
    const {world, runId, argument} = await failedOnce();

    const {result, seconds} = await runRetryStage(world, argument, {id: 'e1'});

    assert.equal(result, '{"decision":"retried"}');
    assert.ok(seconds >= 48 && seconds <= 72, `${seconds}`);
    assert.deepEqual(world.messages, [{topic: 'split-ready', runId}]);
  });

  it('stops when another execution looks after the failed attempt', async () => {
    const {world, argument} = await failedOnce();
    await memoryPorts(world).retries.claim({
      runId: runOf(world, Object(argument).run).id,
      stage: STAGE,
      failures: 1,
      execution: 'e1',
    });

    const {result, seconds} = await runRetryStage(world, argument, {id: 'e2'});

    assert.match(result ?? '', /"decision":"stop".*e1/);
    assert.equal(seconds, 0);
    assert.deepEqual(world.messages, []);
  });

  it('stops when the run has ended', async () => {
    const {world, runId, argument} = await failedOnce();
    await memoryPorts(world).runs.fail(runId, 'other', {code: 'BAD', message: 'bad'});

    const {result} = await runRetryStage(world, argument, {id: 'e1'});

    assert.match(result ?? '', /"decision":"stop"/);
  });

  it('tries nothing again when the run shall be cancelled during the pause', async () => {
    const {world, runId, argument} = await failedOnce();
    const {runs} = memoryPorts(world);

    const {result} = await runRetryStage(world, argument, {
      id: 'e1',
      onAnswer: () => void runs.requestCancel(runId, {by: 'me', reason: 'enough'}),
    });

    assert.equal(result, '{"decision":"stop"}');
    assert.deepEqual(world.messages, []);
  });

  it('tries nothing again when the run went on during the pause', async () => {
    const {world, runId, argument} = await failedOnce();

    const {result} = await runRetryStage(world, argument, {
      id: 'e1',
      onAnswer: () => void memoryPorts(world).runs.advance(runId, 'built'),
    });

    assert.equal(result, '{"decision":"stop"}');
    assert.deepEqual(world.messages, []);
  });

  it('asks again, for hours, while rerun is away or full', async () => {
    const {world, argument} = await failedOnce();
    const outage = [503, 429, 500, 401, ...Array<number>(20).fill(502)];

    const {result, seconds} = await runRetryStage(world, argument, {
      id: 'e1',
      outage: () => {
        const status = outage.shift();
        return status === undefined ? undefined : Response.json({}, {status});
      },
    });

    assert.equal(result, '{"decision":"retried"}');
    assert.ok(seconds > 2 * 3600, `${seconds}`);
  });

  it('ends failed when rerun refuses the request itself', async () => {
    const {world, argument} = await failedOnce();

    const {error} = await runRetryStage(world, {...argument, stage: 'nothing'}, {id: 'e1'});

    assert.equal(JSON.parse(error ?? '').code, 400);
    assert.equal(JSON.parse(error ?? '').body.code, 'REQUEST_INVALID');
  });

  it('publishes again when the answer to its last question was lost', async () => {
    const {world, runId, argument} = await failedOnce();
    let isLost = false;

    await runRetryStage(world, argument, {
      id: 'e1',
      onAnswer: () => {
        if (world.messages.length === 0 || isLost) return;
        isLost = true;
        throw new TypeError('fetch failed', {cause: {code: 'ECONNRESET'}});
      },
    });

    assert.deepEqual(world.messages, Array(2).fill({topic: 'split-ready', runId}));
    await play(STEPS[1]!, world, runId);
    assert.equal(world.builds.size, 1);
  });
});
