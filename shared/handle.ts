import type {Logger} from 'pino';
import {cancelRun, isBeingCancelled} from './cancel-run.ts';
import {type Delivery, deliveryOf} from './domain/events.ts';
import {rejectIdOf} from './domain/ids.ts';
import type {Run} from './domain/run.ts';
import {complaintOf, PermanentError} from './errors.ts';
import {findRun} from './find-run.ts';
import type {Ports} from './ports.ts';

/** What every stage's input names, when the event tells: the run to look at. */
interface AboutRun {
  readonly runId?: string;
}

/** What a stage has loaded; the run is the one to close when an event without a run id, such as a job's end, cannot be handled. */
interface KnownRun {
  readonly run?: Run | undefined;
}

/**
 * One function of the pipeline as a plain value: four verbs, always in this order.
 * `load` changes nothing, `plan` touches nothing, `perform` done twice is as good as done once.
 */
export interface Stage<Input extends AboutRun, Known extends KnownRun, Plan extends {readonly kind: string}> {
  readonly name: string;
  /** @throws PermanentError when the event can never be understood */
  parse(delivery: Delivery): Input;
  load(input: Input, ports: Ports): Promise<Known>;
  plan(input: Input, known: Known): Plan;
  perform(plan: Plan, ports: Ports): Promise<void>;
}

/** What the functions framework calls: resolving acknowledges the event, rejecting has it delivered again. */
export type EventHandler = (event: unknown) => Promise<void>;

/**
 * Runs a stage for each event. The only place where the failure of a stage is judged: a permanent one is recorded on the run
 * (or as a reject) and acknowledged, any other is noted on the run and thrown on. An event of a run that shall be cancelled ends its
 * jobs, whatever the event tells.
 */
export function handle<Input extends AboutRun, Known extends KnownRun, Plan extends {readonly kind: string}>(
  stage: Stage<Input, Known, Plan>,
  ports: Ports,
  log: Logger,
): EventHandler {
  return async (event) => {
    let delivery: Delivery | undefined;
    let runId: string | undefined;
    try {
      delivery = deliveryOf(event);
      const input = stage.parse(delivery);
      runId = input.runId;
      const known = await stage.load(input, ports);
      runId ??= known.run?.id;
      if (known.run !== undefined && isBeingCancelled(known.run)) {
        const outcome = await cancelRun(known.run, ports);
        log.info({stage: stage.name, runId, event: delivery.id}, `${stage.name}: the run is ${outcome}`);
        return;
      }
      const plan = stage.plan(input, known);
      log.info(
        {stage: stage.name, runId, event: delivery.id, plan: plan.kind},
        `${stage.name}: ${plan.kind}`,
      );
      await stage.perform(plan, ports);
    } catch (error) {
      log.warn({stage: stage.name, runId, event: delivery?.id, err: error}, `${stage.name} failed`);
      if (!(error instanceof PermanentError)) {
        if (runId !== undefined) await ports.runs.trouble(runId, stage.name, messageOfError(error));
        throw error;
      }
      await record(error, stage.name, ports, {runId, delivery});
    }
  };
}

async function record(
  error: PermanentError,
  stage: string,
  ports: Ports,
  about: {runId: string | undefined; delivery: Delivery | undefined},
): Promise<void> {
  if (about.runId !== undefined && error.code !== 'NO_SUCH_RUN') {
    const outcome = await ports.runs.fail(about.runId, stage, complaintOf(error));
    if (outcome === 'cancelling') await cancelRun(await findRun(about.runId, ports), ports);
    return;
  }
  const source = about.delivery?.source ?? 'unknown sender';
  await ports.runs.reject(rejectIdOf(source, about.delivery?.subject ?? about.delivery?.id ?? ''), {
    source,
    complaint: complaintOf(error),
  });
}

function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
