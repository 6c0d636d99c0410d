import {z} from 'zod';
import {generationSchema} from '../shared/domain/events.ts';
import {runIdOf} from '../shared/domain/ids.ts';
import {classifyObject} from '../shared/domain/object-name.ts';
import {isTerminal, type RunInput} from '../shared/domain/run.ts';
import {PermanentError} from '../shared/errors.ts';
import {findRun} from '../shared/find-run.ts';
import type {HttpFunction} from '../shared/handle-http.ts';
import type {Ports} from '../shared/ports.ts';
import type {HttpAnswer} from '../shared/problem.ts';

const querySchema = z.strictObject({run: z.string()});

const bodySchema = z.union([
  z.strictObject({run: z.string()}),
  z.strictObject({object: z.string().min(1).max(1024), generation: generationSchema.optional()}),
]);

/**
 * By hand: `GET ?run=ID` tells the state of a run; `POST {"run": ID}` runs an ended one again;
 * `POST {"object": NAME}` starts a run for an object of the data bucket whose event never came.
 */
export const rerun: HttpFunction<Ports> = {
  name: 'rerun',
  methods: ['GET', 'POST'],

  async answer({method, query, body}, ports) {
    if (method === 'GET') return {status: 200, body: await findRun(parse(querySchema, query).run, ports)};
    const request = parse(bodySchema, body);
    return 'run' in request ? again(request.run, ports) : start(request, ports);
  },
};

/** The next epoch of the same input is a run of its own; asked twice, it is the same run. */
async function again(runId: string, ports: Ports): Promise<HttpAnswer> {
  const run = await findRun(runId, ports);
  if (!isTerminal(run.state)) {
    throw new PermanentError('RUN_ACTIVE', `run ${runId} is still ${run.state}`, {
      hint: 'Wait until it has ended.',
    });
  }
  return accept(run.pipeline, {...run.input, epoch: run.input.epoch + 1}, ports);
}

async function start(
  {object, generation}: {object: string; generation?: string | undefined},
  ports: Ports,
): Promise<HttpAnswer> {
  const where = `gs://${ports.buckets.data}/${object}`;
  const kind = classifyObject(object);
  if (kind.kind !== 'data') {
    throw new PermanentError('REQUEST_INVALID', 'only objects under <pipeline>/data/ start runs', {where});
  }
  const found = await ports.objects.find(ports.buckets.data, object, generation);
  if (found === undefined) throw new PermanentError('OBJECT_NOT_FOUND', 'there is no such object', {where});
  return accept(
    kind.pipeline,
    {bucket: found.bucket, name: found.name, generation: found.generation, epoch: 0},
    ports,
  );
}

async function accept(pipeline: string, input: RunInput, ports: Ports): Promise<HttpAnswer> {
  const id = runIdOf(input);
  const created = await ports.runs.create({id, pipeline, input});
  await ports.messages.publish('run-accepted', {runId: id});
  return {status: 202, body: {run: id, created}};
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PermanentError(
    'REQUEST_INVALID',
    'expected {"run": ID} or {"object": NAME, "generation"?: DIGITS}',
    {
      hint: 'See docs/reference/http.md.',
    },
  );
}
