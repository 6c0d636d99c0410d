import {
  dataReadySchema,
  isOfEmptyObject,
  messageOf,
  OBJECT_FINALIZED,
  type StorageObject,
  storageObjectOf,
  type TableReady,
} from '../shared/domain/events.ts';
import {rejectIdOf, runIdOf} from '../shared/domain/ids.ts';
import {classifyObject} from '../shared/domain/object-name.ts';
import type {Run, RunInput} from '../shared/domain/run.ts';
import {visible} from '../shared/domain/split/excerpt.ts';
import {inputOfTable, microsOf, parseTableUri} from '../shared/domain/table.ts';
import {tableComplaint} from '../shared/domain/table-complaint.ts';
import {type Complaint, PermanentError} from '../shared/errors.ts';
import type {Stage} from '../shared/handle.ts';
import type {Ports} from '../shared/ports.ts';

interface Input {
  readonly runId?: never;
  readonly object: StorageObject;
  /** The event says that there is nothing to read. */
  readonly isEmpty: boolean;
  /** Set when the input is no object but a table. */
  readonly ready?: TableReady;
}

interface Known {
  readonly dataBucket: string;
  readonly datasets: readonly string[];
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
    const {body, publishTime} = messageOf(dataReadySchema, delivery);
    if ('bucket' in body) return {object: body, isEmpty: false};
    return {object: snapshotOf(body, publishTime), isEmpty: false, ready: body};
  },

  async load({object}, ports) {
    const run = await ports.runs.find(runIdOf({...object, epoch: 0}));
    return {dataBucket: ports.buckets.data, datasets: ports.sources.datasets, run};
  },

  plan: (input, known) =>
    input.ready ? planTable(input.object, input.ready, known) : planObject(input, known),

  async perform(plan, ports) {
    if (plan.kind === 'accept') await accept(plan, ports);
    if (plan.kind === 'reject') await ports.runs.reject(plan.id, plan);
  },
};

function planObject({object: {bucket, name, generation}, isEmpty}: Input, {dataBucket, run}: Known): Plan {
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

/** Without a snapshot of its own the table is read as it was when the message was published: a redelivery names the same instant. */
function snapshotOf(
  {pipeline, table: uri, snapshot}: TableReady,
  publishTime: string | undefined,
): StorageObject {
  const table = parseTableUri(uri)?.table;
  const snapshotMicros = microsOf(snapshot ?? publishTime ?? '');
  if (table !== undefined && snapshotMicros !== undefined)
    return inputOfTable(pipeline, {table, snapshotMicros});
  throw new PermanentError('EVENT_INVALID', 'snapshot: the message has no time of publication either', {
    where: uri,
    hint: 'Publish it again in the form that docs/reference/events.md gives.',
  });
}

function planTable(object: StorageObject, {table: uri, pipeline}: TableReady, {datasets, run}: Known): Plan {
  const complaint = tableComplaint({pipeline, table: uri}, datasets);
  if (complaint !== undefined) {
    return {
      kind: 'reject',
      id: rejectIdOf(uri, `${object.name}#${object.generation}`),
      source: uri,
      complaint,
    };
  }
  if (run !== undefined && run.state !== 'received')
    return {kind: 'skip', why: `run ${run.id} is ${run.state}`};
  const input = {...object, epoch: 0};
  return {kind: 'accept', runId: runIdOf(input), pipeline, input};
}

/** Announces also when the run was there: the delivery that made it may have died before it could. */
async function accept({runId, pipeline, input}: Plan & {kind: 'accept'}, ports: Ports): Promise<void> {
  await ports.runs.create({id: runId, pipeline, input});
  await ports.messages.publish('run-accepted', {runId});
}
