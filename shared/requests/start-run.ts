import {z} from 'zod';
import {generationSchema, tableReadySchema} from '../domain/events.ts';
import {runIdOf} from '../domain/ids.ts';
import {classifyObject} from '../domain/object-name.ts';
import type {RunInput} from '../domain/run.ts';
import {inputOfTable, microsOf, parseTableUri} from '../domain/table.ts';
import {tableComplaint} from '../domain/table-complaint.ts';
import {PermanentError} from '../errors.ts';
import type {Ports} from '../ports.ts';
import type {RequestAnswer} from '../request-ports.ts';
import {type Action, action} from './action.ts';

const start = {action: z.literal('start')};

const objectBodySchema = z.strictObject({
  ...start,
  object: z.string().min(1).max(1024),
  generation: generationSchema.optional(),
});

/** A request is remembered by its key, not by its instant, so it has to say which state of the table it means. */
const tableBodySchema = tableReadySchema.extend(start).required({snapshot: true});

/** Starts the run of an object whose event never came, the very run that the event would have started, or of a table at an instant. */
export const startRun: Action = (body) => (isOfTable(body) ? startOnTable(body) : startOnObject(body));

function isOfTable(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'table' in body;
}

const startOnObject = action(objectBodySchema, async ({object, generation}, _asked, ports) => {
  const where = `gs://${ports.buckets.data}/${object}`;
  const kind = classifyObject(object);
  if (kind.kind !== 'data') {
    throw new PermanentError('REQUEST_INVALID', 'only objects under <pipeline>/data/ start runs', {where});
  }
  const found = await ports.objects.find(ports.buckets.data, object, generation);
  if (found === undefined) throw new PermanentError('OBJECT_NOT_FOUND', 'there is no such object', {where});
  return accept(kind.pipeline, {bucket: found.bucket, name: found.name, generation: found.generation}, ports);
});

const startOnTable = action(tableBodySchema, async ({pipeline, table: uri, snapshot}, _asked, ports) => {
  const refusal = tableComplaint({pipeline, table: uri}, ports.sources.datasets);
  if (refusal !== undefined) throw new PermanentError(refusal.code, refusal.message, refusal);
  const table = parseTableUri(uri)?.table ?? '';
  const snapshotMicros = microsOf(snapshot) ?? '';
  return accept(pipeline, inputOfTable(pipeline, {table, snapshotMicros}), ports);
});

async function accept(
  pipeline: string,
  source: Omit<RunInput, 'epoch'>,
  ports: Ports,
): Promise<RequestAnswer> {
  const input = {...source, epoch: 0};
  const id = runIdOf(input);
  await ports.runs.create({id, pipeline, input});
  await ports.messages.publish('run-accepted', {runId: id});
  return {run: id};
}
