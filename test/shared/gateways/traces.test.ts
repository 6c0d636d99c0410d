import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type Server} from 'node:http';
import {json} from 'node:stream/consumers';
import {z} from 'zod';
import {spanIdOfRun, traceIdOf} from '../../../shared/domain/ids.ts';
import {tracesGateway} from '../../../shared/gateways/traces.ts';

const RUN = `r${'0'.repeat(26)}`;
const SPAN = {
  name: 'split-data',
  runId: RUN,
  start: new Date('2026-01-01T00:00:00.000Z'),
  end: new Date('2026-01-01T00:00:01.500Z'),
  attributes: {plan: 'split', event: 'e1'},
};

const FAILED = 2;

const attributesSchema = z.array(
  z.object({key: z.string(), value: z.object({stringValue: z.string().optional()})}),
);
const spanSchema = z.object({
  traceId: z.string(),
  parentSpanId: z.string(),
  name: z.string(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: attributesSchema,
  status: z.object({code: z.number(), message: z.string().optional()}),
});
/** Of one span. Source: opentelemetry/proto/trace/v1/trace.proto, in JSON. */
const exportSchema = z.object({
  resourceSpans: z.tuple([
    z.object({
      resource: z.object({attributes: attributesSchema}),
      scopeSpans: z.tuple([z.object({spans: z.tuple([spanSchema])})]),
    }),
  ]),
});

const textsOf = (attributes: z.infer<typeof attributesSchema>): Record<string, string | undefined> =>
  Object.fromEntries(attributes.map(({key, value}) => [key, value.stringValue]));

describe('a span of a stage', () => {
  let collector: Server;
  let taken: {headers: IncomingHttpHeaders; body: unknown}[];
  let status: number;

  beforeEach(async () => {
    taken = [];
    status = 200;
    collector = createServer(async (request, response) => {
      taken.push({headers: request.headers, body: await json(request)});
      response.writeHead(status, {'content-type': 'application/json'}).end('{}');
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
  });

  afterEach(async () => {
    collector.closeAllConnections();
    if (collector.listening) await once(collector.close(), 'close');
  });

  function recorder() {
    const address = collector.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const record = tracesGateway({traces: `http://127.0.0.1:${port}/v1/traces`, project: 'the-project'});
    return record ?? assert.fail('spans are wanted');
  }

  it('is in the trace of its run, under the run, with its time', async () => {
    await recorder()(SPAN);

    const {resource, scopeSpans} = exportSchema.parse(taken[0]?.body).resourceSpans[0];
    const [span] = scopeSpans[0].spans;
    assert.deepEqual([span.traceId, span.parentSpanId], [traceIdOf(RUN), spanIdOfRun(RUN)]);
    assert.equal(span.name, 'split-data');
    assert.equal(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano), 1_500_000_000n);
    assert.deepEqual(textsOf(span.attributes), {plan: 'split', event: 'e1'});
    const {'service.name': service, 'gcp.project_id': project} = textsOf(resource.attributes);
    assert.deepEqual([service, project], ['millrace', 'the-project']);
  });

  it('says that the stage failed, and why', async () => {
    await recorder()({...SPAN, failure: 'no such object'});

    const [span] = exportSchema.parse(taken[0]?.body).resourceSpans[0].scopeSpans[0].spans;
    assert.deepEqual(span.status, {code: FAILED, message: 'no such object'});
  });

  it('shows no token to a collector that is not Google’s', async () => {
    await recorder()(SPAN);

    assert.equal(taken.length, 1);
    assert.equal(taken[0]?.headers.authorization, undefined);
  });

  it('is refused when the collector refuses it', async () => {
    status = 400;

    await assert.rejects(recorder()(SPAN), /Bad Request/);
  });

  it('is none in a deployment that wants none', () => {
    assert.equal(tracesGateway({traces: undefined, project: 'the-project'}), undefined);
  });
});
