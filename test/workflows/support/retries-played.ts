import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buildImage} from '../../../functions/build-image.ts';
import {completeJob} from '../../../functions/complete-job.ts';
import {recordFailure} from '../../../functions/record-failure.ts';
import {releaseModel} from '../../../functions/release-model.ts';
import {rerun} from '../../../functions/rerun.ts';
import {splitData} from '../../../functions/split-data.ts';
import {startTuning} from '../../../functions/start-tuning.ts';
import {problemOf} from '../../../shared/problem.ts';
import {type Run, run} from '../../local/workflows/support/run-workflow.ts';
import {published} from '../../support/events.ts';
import {memoryPorts, type World} from '../../support/memory-ports.ts';
import {type AnyStage, deliver, erase} from '../../support/story.ts';

const WORKFLOWS = join(import.meta.dirname, '..', '..', '..', 'workflows');
const RERUN_URL = 'https://rerun.example/';
const PUBLISH = 'http://google.local/v1/projects/demo/topics/dead-letters:publish';

function workflowSource(name: string): Promise<string> {
  return readFile(join(WORKFLOWS, `${name}.yaml`), 'utf8');
}

/** Comes before the function rerun and may answer in its place; undefined lets the request through. */
type Outage = (request: {readonly action: string}) => Response | undefined;

export interface ExecutionOptions {
  readonly id: string;
  readonly outage?: Outage;
  /** Called when the workflow has asked for something and was answered. */
  readonly onAnswer?: () => void;
}

/** Runs the workflow retry-stage to its end, with the function rerun over the world behind it. Time passes in the world as well. */
export async function runRetryStage(world: World, argument: object, options: ExecutionOptions): Promise<Run> {
  const startMs = world.nowMs;
  const ended = await run(await workflowSource('retry-stage'), {
    argument: JSON.stringify(argument),
    env: {
      MILLRACE_RERUN_URL: RERUN_URL,
      MILLRACE_AUDIENCE: 'the-audience',
      GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: options.id,
    },
    fetch: async (url, init) => {
      const body = JSON.parse(String(init?.body));
      const answer =
        String(url) === PUBLISH ? await takeDeadLetter(world, body) : await askRerun(world, body, options);
      options.onAnswer?.();
      return answer;
    },
  });
  world.nowMs = Math.max(world.nowMs, startMs + ended.seconds * 1000);
  return ended;
}

async function askRerun(world: World, body: {action: string}, {outage}: ExecutionOptions): Promise<Response> {
  const broken = outage?.(body);
  if (broken !== undefined) return broken;
  const request = {method: 'POST', query: {}, body, headers: {}, caller: 'workflows@demo'};
  const answer = await rerun.answer(request, memoryPorts(world)).catch(problemOf);
  return Response.json(answer.body, {status: answer.status});
}

async function takeDeadLetter(world: World, {messages}: {messages: {data: string}[]}): Promise<Response> {
  for (const {data} of messages) {
    const body = JSON.parse(Buffer.from(data, 'base64').toString());
    await deliver(erase(recordFailure), published('dead-letters', body), world);
  }
  return Response.json({messageIds: messages.map(() => '1')});
}

const STAGE_OF_TOPIC: Readonly<Record<string, AnyStage>> = {
  'run-accepted': erase(splitData),
  'split-ready': erase(buildImage),
  'image-ready': erase(startTuning),
  'job-complete': erase(completeJob),
  'model-exported': erase(releaseModel),
};

/**
 * Delivers all messages and lets all retries run their course, until nothing is left to do.
 * @param ended how many executions have come to their end before
 * @returns how many executions there were
 */
export async function settledRetries(world: World, ended = 0): Promise<number> {
  let executions = ended;
  while (world.messages.length > 0 || executions < retriesOf(world).length) {
    for (const {topic, runId} of world.messages.splice(0)) {
      const stage = STAGE_OF_TOPIC[topic];
      if (stage !== undefined) await deliver(stage, published(topic, {runId}), world);
    }
    const next = retriesOf(world)[executions];
    if (next === undefined) continue;
    executions += 1;
    await runRetryStage(world, next.argument, {id: `execution-${executions}`});
  }
  return executions;
}

function retriesOf(world: World) {
  return [...world.executions.values()].filter(({workflow}) => workflow === 'retry-stage');
}
