import {z} from 'zod';
import {generationSchema, jobLogSchema, messageOf} from '../shared/domain/events.ts';
import {rejectIdOf, runIdOf} from '../shared/domain/ids.ts';
import {isTerminal, type Run} from '../shared/domain/run.ts';
import type {Complaint} from '../shared/errors.ts';
import {findJob} from '../shared/find-job.ts';
import type {Stage} from '../shared/handle.ts';

/** What Pub/Sub adds when it gives a message up. */
const SUBSCRIPTION = 'CloudPubSubDeadLetterSourceSubscription';
const DELIVERIES = 'CloudPubSubDeadLetterSourceDeliveryCount';

/** What the message given up was about, when that can be told; of a stage that was retried in vain also which, and why. */
interface About {
  readonly runId?: string | undefined;
  readonly jobId?: string | undefined;
  readonly attempts?: {readonly stage: string; readonly reason: string} | undefined;
}

const bodySchema: z.ZodType<About> = z.union([
  z
    .object({runId: z.string(), stage: z.string().min(1), reason: z.string().min(1)})
    .transform(({runId, stage, reason}) => ({runId, attempts: {stage, reason}})),
  z.object({runId: z.string()}),
  z
    .object({bucket: z.string(), name: z.string(), generation: generationSchema})
    .transform((object) => ({runId: runIdOf({...object, epoch: 0})})),
  jobLogSchema.transform(({resource}) => ({jobId: resource.labels.job_id})),
  z.unknown().transform(() => ({})),
]);

interface Input {
  readonly runId?: never;
  readonly about: About;
  readonly messageId: string;
  readonly subscription: string;
  readonly deliveries: string;
}

interface Known {
  readonly run: Run | undefined;
}

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'fail'; readonly runId: string; readonly stage: string; readonly complaint: Complaint}
  | {readonly kind: 'reject'; readonly id: string; readonly source: string; readonly complaint: Complaint};

/** A message was delivered, or a stage retried, in vain too often: its run is closed with the last known reason, so that nothing waits for ever. */
export const recordFailure: Stage<Input, Known, Plan> = {
  name: 'record-failure',

  parse(delivery) {
    const {body, attributes} = messageOf(bodySchema, delivery);
    return {
      about: body,
      messageId: delivery.id,
      subscription: attributes[SUBSCRIPTION] ?? 'an unnamed subscription',
      deliveries: attributes[DELIVERIES] ?? 'several',
    };
  },

  async load({about}, ports) {
    const job = about.jobId === undefined ? undefined : await findJob(about.jobId, ports);
    const runId = about.runId ?? job?.runId;
    return {run: runId === undefined ? undefined : await ports.runs.find(runId)};
  },

  plan(input, {run}) {
    if (run === undefined) {
      const {subscription: source, messageId} = input;
      return {kind: 'reject', id: rejectIdOf(source, messageId), source, complaint: complaintAbout(input)};
    }
    if (isTerminal(run.state)) return {kind: 'skip', why: `run has ended: ${run.state}`};
    const stage = input.about.attempts?.stage ?? run.trouble?.stage ?? 'record-failure';
    return {kind: 'fail', runId: run.id, stage, complaint: complaintAbout(input, run.trouble?.message)};
  },

  async perform(plan, ports) {
    if (plan.kind === 'fail') await ports.runs.fail(plan.runId, plan.stage, plan.complaint);
    if (plan.kind === 'reject') await ports.runs.reject(plan.id, plan);
  },
};

const HINT = 'Remove the cause, then rerun.';

function complaintAbout({about, subscription, deliveries}: Input, last?: string): Complaint {
  if (about.attempts !== undefined) {
    return {code: 'ATTEMPTS_EXHAUSTED', message: about.attempts.reason, hint: HINT};
  }
  const message = `given up after ${deliveries} deliveries${last === undefined ? '' : `; the last one said: ${last}`}`;
  return {code: 'DELIVERIES_EXHAUSTED', message, where: subscription, hint: HINT};
}
