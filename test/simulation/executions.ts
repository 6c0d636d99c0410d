import {z} from 'zod';
import type {World} from '../support/memory-ports.ts';
import type {Bus} from './bus.ts';
import type {Chance} from './chance.ts';
import type {Host} from './host.ts';
import {isActive} from './journal.ts';
import type {Trace} from './trace.ts';
import type {VirtualTime} from './virtual-time.ts';

const SECOND_MS = 1000;
const FIRST_LOOK_MS = 60 * SECOND_MS;
const LONGEST_PAUSE_MS = 600 * SECOND_MS;

const failedSchema = z.object({run: z.string(), stage: z.string(), failures: z.number()});
const watchedSchema = z.object({kind: z.enum(['build', 'tuning', 'training']), name: z.string()});
const answerSchema = z.object({
  decision: z.string(),
  delaySeconds: z.number().optional(),
  reason: z.string().optional(),
});

type Failed = z.output<typeof failedSchema>;
type Answer = z.output<typeof answerSchema>;

interface Surroundings {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly bus: Bus;
  readonly host: Host;
  readonly world: World;
}

/** Cloud Workflows, as far as workflows/retry-stage.yaml and workflows/watch-job.yaml need it; test/workflows plays the files themselves. */
export class Executions {
  readonly #on: Surroundings;
  /** The share that the service loses. */
  readonly #lost: number;

  constructor(surroundings: Surroundings, lost: number) {
    this.#on = surroundings;
    this.#lost = lost;
  }

  start(id: string, {workflow, argument}: {readonly workflow: string; readonly argument: object}): void {
    const {chance, trace} = this.#on;
    if (chance.happens(this.#lost)) {
      trace.add(`${workflow} ${id} is lost`);
      return;
    }
    if (workflow === 'retry-stage') this.#retryStage(id, failedSchema.parse(argument));
    if (workflow === 'watch-job') this.#watch(watchedSchema.parse(argument), FIRST_LOOK_MS);
  }

  #retryStage(id: string, failed: Failed): void {
    const {time, bus} = this.#on;
    const body = {...failed, execution: id};
    this.#ask({action: 'claim-retry', ...body}, ({decision, delaySeconds = 0, reason}) => {
      if (decision === 'give-up')
        bus.publish('dead-letters', {runId: failed.run, stage: failed.stage, reason});
      if (decision === 'retry')
        time.after(delaySeconds * SECOND_MS, () => this.#ask({action: 'retry', ...body}, () => {}));
    });
  }

  /** Asks until there is an answer. */
  #ask(body: object, then: (answer: Answer) => void, pauseMs = 2 * SECOND_MS): void {
    const {host, time} = this.#on;
    let isAnswered = false;
    host.request('rerun', {method: 'POST', body}, (status, answer) => {
      isAnswered = status < 500;
      if (status === 200) then(answerSchema.parse(answer));
    });
    const again = () => this.#ask(body, then, Math.min(LONGEST_PAUSE_MS, pauseMs * 2));
    time.after(FIRST_LOOK_MS + pauseMs, () => {
      if (!isAnswered) again();
    });
  }

  #watch(watched: z.output<typeof watchedSchema>, pauseMs: number): void {
    const {time, world, bus} = this.#on;
    const id = watched.name.split('/').at(-1) ?? '';
    const state = watched.kind === 'build' ? world.builds.get(id)?.state : world.jobs.get(id)?.state;
    if (state !== undefined && isActive(state)) {
      time.after(pauseMs, () => this.#watch(watched, Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)));
      return;
    }
    if (watched.kind === 'build') bus.publish('cloud-builds', {id});
    else bus.publish('job-complete', {resource: {labels: {job_id: id}}});
  }
}
