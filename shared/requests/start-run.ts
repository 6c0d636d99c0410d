import {z} from 'zod';
import {generationSchema} from '../domain/events.ts';
import {runIdOf} from '../domain/ids.ts';
import {classifyObject} from '../domain/object-name.ts';
import {PermanentError} from '../errors.ts';
import {action} from './action.ts';

const bodySchema = z.strictObject({
  action: z.literal('start'),
  object: z.string().min(1).max(1024),
  generation: generationSchema.optional(),
});

/** Starts the run of an object whose event never came: the very run that the event would have started. */
export const startRun = action(bodySchema, async ({object, generation}, _asked, ports) => {
  const where = `gs://${ports.buckets.data}/${object}`;
  const kind = classifyObject(object);
  if (kind.kind !== 'data') {
    throw new PermanentError('REQUEST_INVALID', 'only objects under <pipeline>/data/ start runs', {where});
  }
  const found = await ports.objects.find(ports.buckets.data, object, generation);
  if (found === undefined) throw new PermanentError('OBJECT_NOT_FOUND', 'there is no such object', {where});
  const input = {bucket: found.bucket, name: found.name, generation: found.generation, epoch: 0};
  const id = runIdOf(input);
  await ports.runs.create({id, pipeline: kind.pipeline, input});
  await ports.messages.publish('run-accepted', {runId: id});
  return {run: id};
});
