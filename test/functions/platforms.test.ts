import assert from 'node:assert/strict';
import pino from 'pino';
import {watchRun} from '../../cli/watch-run.ts';
import {completeJob} from '../../functions/complete-job.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {handle} from '../../shared/handle.ts';
import type {Ports} from '../../shared/ports.ts';
import {endStrayJobs} from '../../shared/sweep/end-stray-jobs.ts';
import {jobEnded} from '../support/events.ts';
import {enter} from '../support/memory-admissions.ts';
import {emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';
import {
  deliver,
  droppedWorld,
  erase,
  exportModel,
  PIPELINE_YAML,
  play,
  played,
  push,
  runOf,
  STEPS,
  tuningSucceeds,
} from '../support/story.ts';

const silent = pino({level: 'silent'});

const AI_PLATFORM_YAML = `${PIPELINE_YAML.replace(
  'serve: {model: flowers, endpoint: flowers}',
  'serve: {model: flowers, endpoint: flowers, machineType: mls1-c1-m2, runtimeVersion: "3.0", pythonVersion: "3.12"}',
)}
platform: ai-platform
`;

/** A run on AI Platform that has its image; what AI Platform has is in a world of its own. */
async function onAiPlatform() {
  const {world, runId} = await played(3);
  const run = runOf(world, runId);
  const {digest = '', pipeline} = run.definition ?? {};
  if (pipeline === undefined) throw new Error('the run has no definition');
  world.runs.set(runId, {...run, definition: {digest, pipeline: {...pipeline, platform: 'ai-platform'}}});
  const aiPlatform = emptyWorld();
  return {world, runId, aiPlatform, ports: portsOf(world, aiPlatform)};
}

function portsOf(world: World, aiPlatform: World): Ports {
  const ports = memoryPorts(world);
  const platforms = {...ports.platforms, 'ai-platform': memoryPorts(aiPlatform).platforms.vertex};
  return {...ports, platforms};
}

function kindsOf({jobs}: World): string[] {
  return [...jobs.values()].map(({kind, state}) => `${kind} ${state}`);
}

describe('a run on AI Platform', () => {
  it('has its jobs and its versions there, and nothing on Vertex AI', async () => {
    const {world, runId, aiPlatform, ports} = await onAiPlatform();
    const [, , , tune, tuned, trained, release] = STEPS;

    await handle(tune!.stage, ports, silent)(tune!.event(world, runId));
    for (const job of aiPlatform.jobs.values()) enter(world, job);
    tuningSucceeds(aiPlatform);
    await handle(tuned!.stage, ports, silent)(tuned!.event(aiPlatform, runId));
    const training = [...aiPlatform.jobs.values()].find(({kind}) => kind === 'training')!;
    enter(world, training);
    aiPlatform.jobs.set(training.id, {...training, state: 'succeeded'});
    exportModel(world, runId);
    await handle(trained!.stage, ports, silent)(trained!.event(aiPlatform, runId));
    await handle(release!.stage, ports, silent)(release!.event(world, runId));

    assert.equal(runOf(world, runId).state, 'released', JSON.stringify(runOf(world, runId).failure));
    assert.deepEqual(kindsOf(aiPlatform), ['tuning succeeded', 'training succeeded']);
    assert.deepEqual([world.jobs.size, world.versions.size, aiPlatform.versions.size], [0, 0, 1]);
    assert.deepEqual([...aiPlatform.champions.keys()], ['flowers']);
  });

  it('has a workflow that watches its jobs', async () => {
    const {world, runId, ports} = await onAiPlatform();
    const [, , , tune] = STEPS;

    await handle(tune!.stage, ports, silent)(tune!.event(world, runId));

    assert.deepEqual([...world.executions.keys()], ['build-build-1', 'tuning-1000']);
  });

  it('is found by a job of which only the id is told', async () => {
    const {world, runId, aiPlatform, ports} = await onAiPlatform();
    const [, , , tune] = STEPS;
    await handle(tune!.stage, ports, silent)(tune!.event(world, runId));
    const [[id, job] = []] = aiPlatform.jobs;
    enter(world, job!);
    aiPlatform.jobs.set(id!, {...job!, state: 'failed', fault: 'trainer', why: 'no such column'});

    await handle(erase(completeJob), ports, silent)(jobEnded(id!));

    assert.equal(runOf(world, runId).failure?.code, 'TUNING_FAILED');
  });

  it('has its stray jobs ended by the sweep', async () => {
    const {world, runId, aiPlatform, ports} = await onAiPlatform();
    const [, , , tune] = STEPS;
    await handle(tune!.stage, ports, silent)(tune!.event(world, runId));
    await ports.runs.fail(runId, 'sweep', {code: 'DEADLINE', message: 'late'});

    assert.deepEqual(await endStrayJobs(ports, world.nowMs), {orphans: 1, duplicates: 0});
    assert.deepEqual(kindsOf(aiPlatform), ['tuning cancelled']);
  });

  it('tells of its trials while it is watched', async () => {
    const {world, runId, aiPlatform, ports} = await onAiPlatform();
    const [, , , tune] = STEPS;
    await handle(tune!.stage, ports, silent)(tune!.event(world, runId));
    tuningSucceeds(aiPlatform);
    await ports.runs.fail(runId, 'sweep', {code: 'DEADLINE', message: 'late'});

    const told: string[] = [];
    for await (const {text} of watchRun(runId, ports)) told.push(text);

    assert.equal(told.filter((text) => text.startsWith('trial ')).length, 2);
  });

  it('fails before it costs anything where AI Platform has no address', async () => {
    const {world, runId, drop} = await droppedWorld();
    await push(world, AI_PLATFORM_YAML);
    await deliver(erase(receiveData), drop, world);

    await play(STEPS[0]!, world, runId);

    const {state, failure} = runOf(world, runId);
    assert.deepEqual([state, failure?.code, world.builds.size], ['failed', 'PLATFORM_OFF', 0]);
    assert.match(failure?.hint ?? '', /2025-01-31/);
  });
});
