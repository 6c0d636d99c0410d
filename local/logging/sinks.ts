import type {FastifyPluginAsync} from 'fastify';
import type {logging_v2} from 'googleapis/build/src/apis/logging/v2.js';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import type {Publish} from '../publish.ts';
import type {State} from '../state.ts';
import {entryFilter} from './entry-filter.ts';

type LogEntry = logging_v2.Schema$LogEntry;
type LogSink = logging_v2.Schema$LogSink;

const PUBSUB_DESTINATION = /^pubsub\.googleapis\.com\/(projects\/[^/]+\/topics\/[^/]+)$/;

const newSink = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/),
  destination: z.string().regex(PUBSUB_DESTINATION),
  filter: z.string().exactOptional(),
  description: z.string().max(8000).exactOptional(),
  disabled: z.boolean().exactOptional(),
}) satisfies z.ZodType<LogSink>;

export interface Sinks {
  /** `/v2/projects/P/sinks`: create, get, list and delete. */
  readonly plugin: FastifyPluginAsync;
  /** Sends an entry of `projects/P` to the topic of every sink there whose filter it passes. A sink whose topic is gone loses it. */
  route(entry: LogEntry): void;
}

/** The part of Cloud Logging that exports entries to Pub/Sub. */
export function openSinks({state, publish}: {state: State; publish: Publish}): Sinks {
  const sinks = state.collection<LogSink>('logging.sinks');

  function find(project: string, name: string): LogSink {
    const found = sinks.get(sinkKey(project, name));
    if (found === undefined) throw new ApiError('NOT_FOUND', `Sink ${name} does not exist`);
    return found;
  }

  const plugin: FastifyPluginAsync = async (app) => {
    app.post<{Params: SinksPath}>('/v2/projects/:project/sinks', async ({params, body}) => {
      const sink = parseSink(body);
      const key = sinkKey(params.project, sink.name);
      if (sinks.has(key)) throw new ApiError('ALREADY_EXISTS', `Sink ${sink.name} already exists`);
      const created = asCreated(sink, key);
      sinks.set(key, created);
      return created;
    });
    app.get<{Params: SinksPath}>('/v2/projects/:project/sinks', async ({params}) => {
      return {sinks: sinksOf(params.project)};
    });
    app.get<{Params: SinkPath}>('/v2/projects/:project/sinks/:sink', async ({params}) => {
      return find(params.project, params.sink);
    });
    app.delete<{Params: SinkPath}>('/v2/projects/:project/sinks/:sink', async ({params}) => {
      find(params.project, params.sink);
      sinks.delete(sinkKey(params.project, params.sink));
      return {};
    });
  };

  function sinksOf(project: string): LogSink[] {
    return [...sinks.entries()]
      .filter(([key]) => key.startsWith(sinkKey(project, '')))
      .map(([, sink]) => sink);
  }

  function route(entry: LogEntry): void {
    const project = entry.logName?.split('/')[1] ?? '';
    for (const sink of sinksOf(project)) {
      if (takes(sink, entry)) send(sink, entry);
    }
  }

  function send(sink: LogSink, entry: LogEntry): void {
    const topic = PUBSUB_DESTINATION.exec(sink.destination ?? '')?.[1] ?? '';
    try {
      publish(topic, {
        data: Buffer.from(JSON.stringify(entry)),
        attributes: {'logging.googleapis.com/timestamp': entry.timestamp ?? ''},
      });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 'NOT_FOUND')) throw error;
    }
  }

  return {plugin, route};
}

interface SinksPath {
  readonly project: string;
}

interface SinkPath extends SinksPath {
  readonly sink: string;
}

function sinkKey(project: string, name: string): string {
  return `projects/${project}/sinks/${name}`;
}

function parseSink(body: unknown): z.infer<typeof newSink> {
  const {data, error} = newSink.safeParse(body);
  if (error !== undefined) throw new ApiError('INVALID_ARGUMENT', sentenceOf(error));
  if (data.filter !== undefined) entryFilter(data.filter);
  return data;
}

function sentenceOf({issues}: z.ZodError): string {
  const [issue] = issues;
  if (issue?.code === 'unrecognized_keys') {
    return `Invalid JSON payload received. Unknown name "${issue.keys[0]}": Cannot find field.`;
  }
  return `Invalid value at 'sink.${issue?.path.join('.')}': ${issue?.message}`;
}

function takes({filter, disabled}: LogSink, entry: LogEntry): boolean {
  return disabled !== true && (!filter || entryFilter(filter)(entry));
}

function asCreated(sink: LogSink, resourceName: string): LogSink {
  const now = new Date().toISOString();
  return {
    ...sink,
    resourceName,
    createTime: now,
    updateTime: now,
    writerIdentity: 'serviceAccount:cloud-logs@system.gserviceaccount.com',
  };
}
