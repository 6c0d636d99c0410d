import type {Logger} from 'pino';
import {cancelRun, isBeingCancelled} from './cancel-run.ts';
import type {Cost, Expected} from './domain/cost.ts';
import {type Delivery, deliveryOf} from './domain/events.ts';
import {rejectIdOf} from './domain/ids.ts';
import {retryTopicOf} from './domain/retry.ts';
import type {Run} from './domain/run.ts';
import {hideSecrets} from './domain/secrets.ts';
import {complaintOf, NotYetError, PermanentError, TakenError} from './errors.ts';
import {findRun} from './find-run.ts';
import {runFields} from './log.ts';
import type {Ports} from './ports.ts';
import type {RecordSpan} from './stage-span.ts';

/** What every stage's input names, when the event tells: the run to look at. */
export interface AboutRun {
  readonly runId?: string;
}

/** What a stage has loaded; the run is the one to close when an event without a run id, such as a job's end, cannot be handled. */
export interface KnownRun {
  readonly run?: Run | undefined;
}

/** What is logged of a plan before it is carried out. */
interface AnyPlan {
  readonly kind: string;
  /** What it will have to pay. */
  readonly estimate?: Expected | undefined;
  /** What the run has paid by now. */
  readonly cost?: Cost | undefined;
}

/**
 * One function of the pipeline as a plain value: four verbs, always in this order.
 * `load` changes nothing, `plan` touches nothing, `perform` done twice is as good as done once.
 */
export interface Stage<Input extends AboutRun, Known extends KnownRun, Plan extends AnyPlan> {
  readonly name: string;
  /** @throws PermanentError when the event can never be understood */
  parse(delivery: Delivery): Input;
  load(input: Input, ports: Ports): Promise<Known>;
  plan(input: Input, known: Known): Plan;
  perform(plan: Plan, ports: Ports): Promise<void>;
}

/** Resolving acknowledges the event, rejecting has it delivered again. */
export type EventHandler = (event: unknown) => Promise<void>;

/**
 * Runs a stage for each event. The only place where the failure of a stage is judged. A permanent one is recorded on the run
 * (or as a reject) and acknowledged. Any other of a stage that is retried is counted on the run and left to the workflow that
 * tries again, minutes to hours later. What is only too early, and what could not be written down, is delivered again.
 * An event of a run that shall be cancelled ends its jobs, whatever the event tells.
 */
export function handle<Input extends AboutRun, Known extends KnownRun, Plan extends AnyPlan>(
  stage: Stage<Input, Known, Plan>,
  ports: Ports,
  log: Logger,
  recordSpan?: RecordSpan,
): EventHandler {
  return async (event) => {
    const start = new Date();
    let planned: string | undefined;
    let failure: string | undefined;
    let delivery: Delivery | undefined;
    let runId: string | undefined;
    const fields = () => ({
      stage: stage.name,
      event: delivery?.id,
      ...runFields(runId, ports.place.project),
    });
    try {
      delivery = deliveryOf(event);
      const input = stage.parse(delivery);
      runId = input.runId;
      const known = await stage.load(input, ports);
      runId ??= known.run?.id;
      if (known.run !== undefined && isBeingCancelled(known.run)) {
        const outcome = await cancelRun(known.run, ports);
        log.info(fields(), `${stage.name}: the run is ${outcome}`);
        return;
      }
      const plan = stage.plan(input, known);
      const {kind, estimate, cost} = plan;
      planned = kind;
      log.info({...fields(), plan: kind, estimate, cost}, `${stage.name}: ${kind}`);
      await stage.perform(plan, ports);
    } catch (error) {
      failure = hideSecrets(messageOfError(error));
      log.warn({...fields(), err: error}, `${stage.name} failed`);
      await settleFailure(error, stage.name, ports, {runId, delivery});
    } finally {
      if (runId !== undefined) {
        const attributes = {run: runId, event: delivery?.id, plan: planned};
        const span = {name: stage.name, runId, start, end: new Date(), attributes, failure};
        const complain = (err: unknown) => log.warn({...fields(), err}, 'a span was not recorded');
        await recordSpan?.(span).catch(complain);
      }
    }
  };
}

interface About {
  readonly runId: string | undefined;
  readonly delivery: Delivery | undefined;
}

/** Resolves when the event is done with. @throws the error itself when the event is to come again */
async function settleFailure(error: unknown, stage: string, ports: Ports, about: About): Promise<void> {
  if (error instanceof PermanentError) return record(error, stage, ports, about);
  if (about.runId !== undefined && (await retryLater(error, stage, about.runId, ports))) return;
  throw error;
}

/** Has the run looked at again by the stage, after a pause. False when only another delivery of this event can do that. */
async function retryLater(error: unknown, stage: string, runId: string, ports: Ports): Promise<boolean> {
  if (error instanceof TakenError) return false;
  const message = messageOfError(error);
  if (error instanceof NotYetError || retryTopicOf(stage) === undefined) {
    await ports.runs.trouble(runId, stage, message);
    return false;
  }
  const failures = await ports.retries.fail(runId, stage, message);
  if (failures === undefined) return false;
  await ports.workflows.start('retry-stage', {run: runId, stage, failures}, `${runId}-${stage}-${failures}`);
  return true;
}

async function record(error: PermanentError, stage: string, ports: Ports, about: About): Promise<void> {
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
