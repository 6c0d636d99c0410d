import assert from 'node:assert/strict';
import {recordFailure} from '../../functions/record-failure.ts';
import {published} from '../support/events.ts';
import {BUCKETS, memoryPorts, type World} from '../support/memory-ports.ts';
import {deliver, erase, played, runOf} from '../support/story.ts';

const stage = erase(recordFailure);
const SUBSCRIPTION = 'eventarc-us-central1-build-image-sub';
const GIVEN_UP = {
  CloudPubSubDeadLetterSourceSubscription: SUBSCRIPTION,
  CloudPubSubDeadLetterSourceDeliveryCount: '5',
};

function onlyReject(world: World) {
  const [reject, ...others] = world.rejects.values();
  assert.equal(others.length, 0);
  return reject;
}

describe('record-failure', () => {
  it('closes the run with the last reason of the stage that could not go on', async () => {
    const {world, runId} = await played(1);
    await memoryPorts(world).runs.trouble(runId, 'build-image', 'Cloud Build answers 503');

    await deliver(stage, published('dead-letters', {runId}, GIVEN_UP), world);

    assert.equal(runOf(world, runId).state, 'failed');
    assert.deepEqual(runOf(world, runId).failure, {
      stage: 'build-image',
      code: 'DELIVERIES_EXHAUSTED',
      message: 'given up after 5 deliveries; the last one said: Cloud Build answers 503',
      where: SUBSCRIPTION,
      hint: 'Remove the cause, then rerun.',
    });
    assert.deepEqual(
      world.outbox.map(({topic}) => topic),
      ['run-failed'],
    );
  });

  it('closes a run that nobody could even note trouble on', async () => {
    const {world, runId} = await played(1);

    await deliver(stage, published('dead-letters', {runId}), world);

    const {stage: failedStage, message, where} = runOf(world, runId).failure ?? {};
    assert.equal(failedStage, 'record-failure');
    assert.equal(message, 'given up after several deliveries');
    assert.equal(where, 'an unnamed subscription');
  });

  it('closes a run whose stage was retried in vain, with that stage and its reason', async () => {
    const {world, runId} = await played(1);
    await memoryPorts(world).runs.trouble(runId, 'split-data', 'something older');
    const body = {runId, stage: 'build-image', reason: 'Cloud Build answered 503 three times'};

    await deliver(stage, published('dead-letters', body), world);

    assert.deepEqual(runOf(world, runId).failure, {
      stage: 'build-image',
      code: 'ATTEMPTS_EXHAUSTED',
      message: 'Cloud Build answered 503 three times',
      hint: 'Remove the cause, then rerun.',
    });
  });

  it('finds the run of an object event', async () => {
    const {world, runId} = await played(0);
    const {epoch: _, ...object} = runOf(world, runId).input;

    await deliver(stage, published('dead-letters', {kind: 'storage#object', ...object}, GIVEN_UP), world);

    assert.equal(runOf(world, runId).failure?.code, 'DELIVERIES_EXHAUSTED');
  });

  it('finds the run of a job whose end nobody could handle', async () => {
    const {world, runId} = await played(4);
    const body = {resource: {labels: {job_id: '1000'}}};

    await deliver(stage, published('dead-letters', body, GIVEN_UP), world);

    assert.equal(runOf(world, runId).failure?.code, 'DELIVERIES_EXHAUSTED');
  });

  it('leaves a run alone that has ended', async () => {
    for (const state of ['released', 'rejected', 'failed'] as const) {
      const {world, runId} = await played(1);
      world.runs.set(runId, {...runOf(world, runId), state});

      await deliver(stage, published('dead-letters', {runId}, GIVEN_UP), world);

      assert.equal(runOf(world, runId).state, state);
      assert.equal(world.rejects.size, 0);
      const input = {about: {runId}, messageId: '1', subscription: SUBSCRIPTION, deliveries: '5'};
      const plan = recordFailure.plan(input, {run: runOf(world, runId)});
      assert.deepEqual(plan, {kind: 'skip', why: `run has ended: ${state}`});
    }
  });

  const bodies: Readonly<Record<string, unknown>> = {
    'an unknown run': {runId: 'r0'},
    'an object that made no run': {bucket: BUCKETS.data, name: 'x', generation: '1'},
    'a job that is none of ours': {resource: {labels: {job_id: '77'}}},
    'something else': {id: 'build-1'},
    'a list': [1],
    nothing: 'null',
  };
  for (const [title, body] of Object.entries(bodies)) {
    it(`rejects a message about ${title}, once for all its deliveries`, async () => {
      const {world} = await played(0);
      const event = published('dead-letters', body, GIVEN_UP);

      await deliver(stage, event, world);
      await deliver(stage, event, world);

      const reject = onlyReject(world);
      assert.equal(reject?.source, SUBSCRIPTION);
      assert.equal(reject?.count, 2);
      assert.equal(reject?.complaint.code, 'DELIVERIES_EXHAUSTED');
    });
  }

  it('rejects a message that is not JSON', async () => {
    const {world} = await played(0);

    await deliver(stage, published('dead-letters', '{', GIVEN_UP), world);

    assert.equal(onlyReject(world)?.complaint.code, 'PAYLOAD_DECODE');
  });
});
