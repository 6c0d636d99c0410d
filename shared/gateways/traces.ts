import type {Config} from '../config.ts';
import {spanIdOfRun, traceIdOf} from '../domain/ids.ts';
import type {RecordSpan, StageSpan} from '../stage-span.ts';
import {once} from './once.ts';

/** Where Google's own tracing takes OTLP: https://cloud.google.com/trace/docs/migrate-to-otlp-endpoints */
const GOOGLE = /(^|\.)googleapis\.com$/;

/** An event is not held up for longer by a collector that is away. */
const TIMEOUT_MS = 2000;

/**
 * Records what functions do as spans of OpenTelemetry: on the console, or by OTLP over HTTP to a collector or to Cloud Trace.
 * Undefined when a deployment wants none; the SDK is loaded with the first span.
 */
export function tracesGateway({traces, project}: Pick<Config, 'traces' | 'project'>): RecordSpan | undefined {
  if (traces === undefined) return undefined;
  const library = once(async () => {
    const api = await import('@opentelemetry/api');
    const {SimpleSpanProcessor, TracerProvider} = await import('@opentelemetry/sdk-trace');
    const {resourceFromAttributes} = await import('@opentelemetry/resources');
    const resource = resourceFromAttributes({'service.name': 'millrace', 'gcp.project_id': project});
    const spanProcessors = [new SimpleSpanProcessor({exporter: await exporterTo(traces)})];
    return {api, provider: new TracerProvider({resource, spanProcessors})};
  });
  return async (span) => {
    const {api, provider} = await library();
    const {name, attributes, start, end, failure} = span;
    const context = api.trace.setSpanContext(api.ROOT_CONTEXT, parentOf(span));
    const kind = api.SpanKind.CONSUMER;
    const recorded = provider
      .getTracer('millrace')
      .startSpan(name, {attributes, startTime: start, kind}, context);
    if (failure !== undefined) recorded.setStatus({code: api.SpanStatusCode.ERROR, message: failure});
    recorded.end(end);
    // A function has no processor any more when it has answered.
    await provider.forceFlush();
  };
}

/** The run itself is the parent of all that is done for it. */
function parentOf({runId}: StageSpan) {
  return {traceId: traceIdOf(runId), spanId: spanIdOfRun(runId), traceFlags: 1, isRemote: true};
}

async function exporterTo(traces: string) {
  if (traces === 'console') {
    const {ConsoleSpanExporter} = await import('@opentelemetry/sdk-trace');
    return new ConsoleSpanExporter();
  }
  const {OTLPTraceExporter} = await import('@opentelemetry/exporter-trace-otlp-http');
  // Nobody else is shown a token.
  if (!GOOGLE.test(new URL(traces).hostname))
    return new OTLPTraceExporter({url: traces, timeoutMillis: TIMEOUT_MS});
  const {GoogleAuth} = await import('google-auth-library');
  const auth = new GoogleAuth({scopes: 'https://www.googleapis.com/auth/cloud-platform'});
  const headers = async () => Object.fromEntries(await auth.getRequestHeaders(traces));
  return new OTLPTraceExporter({url: traces, headers, timeoutMillis: TIMEOUT_MS});
}
