import {z} from 'zod';
import {generationSchema, jobLogSchema, messageOf} from '../shared/domain/events.ts';
import {rejectIdOf, runIdOf} from '../shared/domain/ids.ts';
import {isTerminal, type Run} from '../shared/domain/run.ts';
import type {Complaint} from '../shared/errors.ts';
import type {Stage} from '../shared/handle.ts';

/** What Pub/Sub adds when it gives a message up. */
const SUBSCRIPTION = 'CloudPubSubDeadLetterSourceSubscription';
const DELIVERIES = 'CloudPubSubDeadLetterSourceDeliveryCount';

/** What the message given up was about, when that can be told. */
type About = {readonly runId?: string | undefined; readonly jobId?: string | undefined};

const bodySchema: z.ZodType<About> = z.union([
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

/** A message was delivered in vain too often: its run is closed with the last known reason, so that nothing waits for ever. */
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
    const job = about.jobId === undefined ? undefined : await ports.jobs.find(about.jobId);
    const runId = about.runId ?? job?.runId;
    return {run: runId === undefined ? undefined : await ports.runs.find(runId)};
  },

  plan({messageId, subscription, deliveries}, {run}) {
    if (run !== undefined && isTerminal(run.state)) return {kind: 'skip', why: `run has ended: ${run.state}`};
    const last = run?.trouble?.message;
    const complaint = {
      code: 'DELIVERIES_EXHAUSTED',
      message: `given up after ${deliveries} deliveries${last === undefined ? '' : `; the last one said: ${last}`}`,
      where: subscription,
      hint: 'Remove the cause, then rerun.',
    };
    if (run !== undefined)
      return {kind: 'fail', runId: run.id, stage: run.trouble?.stage ?? 'record-failure', complaint};
    return {kind: 'reject', id: rejectIdOf(subscription, messageId), source: subscription, complaint};
  },

  async perform(plan, ports) {
    if (plan.kind === 'fail') await ports.runs.fail(plan.runId, plan.stage, plan.complaint);
    if (plan.kind === 'reject') await ports.runs.reject(plan.id, plan);
  },
};
