import {
  dataReadySchema,
  isOfEmptyObject,
  messageOf,
  OBJECT_FINALIZED,
  type StorageObject,
  storageObjectOf,
} from '../shared/domain/events.ts';
import {rejectIdOf, runIdOf} from '../shared/domain/ids.ts';
import {classifyObject} from '../shared/domain/object-name.ts';
import type {Run, RunInput} from '../shared/domain/run.ts';
import {visible} from '../shared/domain/split/excerpt.ts';
import type {Complaint} from '../shared/errors.ts';
import type {Stage} from '../shared/handle.ts';
import type {Ports} from '../shared/ports.ts';

interface Input {
  readonly runId?: never;
  readonly object: StorageObject;
  /** The event says that there is nothing to read. */
  readonly isEmpty: boolean;
}

interface Known {
  readonly dataBucket: string;
  readonly run: Run | undefined;
}

type Plan =
  | {readonly kind: 'accept'; readonly runId: string; readonly pipeline: string; readonly input: RunInput}
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'reject'; readonly id: string; readonly source: string; readonly complaint: Complaint};

/** An object arrived, or another system says it is ready: one run document. The object itself is not read here. */
export const receiveData: Stage<Input, Known, Plan> = {
  name: 'receive-data',

  parse(delivery) {
    if (delivery.type === OBJECT_FINALIZED)
      return {object: storageObjectOf(delivery), isEmpty: isOfEmptyObject(delivery)};
    return {object: messageOf(dataReadySchema, delivery).body, isEmpty: false};
  },

  async load({object}, ports) {
    return {dataBucket: ports.buckets.data, run: await ports.runs.find(runIdOf({...object, epoch: 0}))};
  },

  plan: planReceipt,

  async perform(plan, ports) {
    if (plan.kind === 'accept') await accept(plan, ports);
    if (plan.kind === 'reject') await ports.runs.reject(plan.id, plan);
  },
};

function planReceipt({object: {bucket, name, generation}, isEmpty}: Input, {dataBucket, run}: Known): Plan {
  const where = visible(`gs://${bucket}/${name}`);
  const id = rejectIdOf(bucket, `${name}#${generation}`);
  if (bucket !== dataBucket) {
    const message = `data is taken from gs://${dataBucket} only`;
    const hint = 'Copy it there, under <pipeline>/data/.';
    return {kind: 'reject', id, source: where, complaint: {code: 'BUCKET_NOT_ALLOWED', message, where, hint}};
  }
  const object = classifyObject(name);
  if (object.kind === 'unknown') {
    const hint = 'Drop data under <pipeline>/data/, e.g. with "millrace drop FILE".';
    return {
      kind: 'reject',
      id,
      source: where,
      complaint: {code: 'OBJECT_UNKNOWN', message: object.why, where, hint},
    };
  }
  if (object.kind === 'ignored') return {kind: 'skip', why: object.why};
  if (object.kind !== 'data') return {kind: 'skip', why: `part of pipeline ${object.pipeline}, not data`};
  if (isEmpty) {
    const message = 'the object has no bytes, so there is nothing to split';
    const hint = 'Drop the file again with its data; an uploader that writes in two steps does so by itself.';
    return {kind: 'reject', id, source: where, complaint: {code: 'DATA_EMPTY', message, where, hint}};
  }
  if (run !== undefined && run.state !== 'received')
    return {kind: 'skip', why: `run ${run.id} is ${run.state}`};
  const input = {bucket, name, generation, epoch: 0};
  return {kind: 'accept', runId: runIdOf(input), pipeline: object.pipeline, input};
}

/** Announces also when the run was there: the delivery that made it may have died before it could. */
async function accept({runId, pipeline, input}: Plan & {kind: 'accept'}, ports: Ports): Promise<void> {
  await ports.runs.create({id: runId, pipeline, input});
  await ports.messages.publish('run-accepted', {runId});
}
