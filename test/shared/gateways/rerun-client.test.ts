import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {json} from 'node:stream/consumers';
import {type RerunClient, rerunClient} from '../../../shared/gateways/rerun-client.ts';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

describe('the client of rerun', () => {
  const environment = {...process.env};
  let server: Server;
  let client: RerunClient;
  let received: Received[];
  let answers: {status: number; body: unknown}[];

  /** The function, and the metadata server that gives tokens. */
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {pathname, searchParams} = new URL(request.url ?? '', 'http://here');
    response.setHeader('metadata-flavor', 'Google');
    if (pathname.endsWith('/identity')) {
      const claims = {aud: searchParams.get('audience'), exp: Date.now() / 1000 + 3600};
      response.end(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`);
      return;
    }
    if (pathname !== '/rerun') {
      response.end();
      return;
    }
    received.push({headers: request.headers, body: await json(request)});
    const {status, body} = answers.shift() ?? {status: 202, body: {run: 'r1'}};
    const type = status < 400 ? 'application/json' : 'application/problem+json; charset=utf-8';
    response.writeHead(status, {'content-type': type}).end(JSON.stringify(body));
  }

  beforeEach(async () => {
    received = [];
    answers = [];
    server = createServer(serve);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const {port} = server.address() as AddressInfo;
    process.env.GCE_METADATA_HOST = `127.0.0.1:${port}`;
    process.env.METADATA_SERVER_DETECTION = 'assume-present';
    client = rerunClient({rerunUrl: `http://127.0.0.1:${port}/rerun`, audience: 'the-audience'});
  });

  afterEach(async () => {
    process.env = {...environment};
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it('sends an identity token for the function, and again for the platform', async () => {
    assert.deepEqual(await client.ask({action: 'cancel'}, 'key-1'), {run: 'r1'});

    const [{headers, body}] = received as [Received];
    const [, claims = ''] = headers.authorization?.split('.') ?? [];
    assert.equal(JSON.parse(Buffer.from(claims, 'base64url').toString()).aud, 'the-audience');
    assert.equal(headers['x-serverless-authorization'], headers.authorization);
    assert.deepEqual(
      [headers['idempotency-key'], headers['content-type'], body],
      ['key-1', 'application/json', {action: 'cancel'}],
    );
  });

  it('asks again under the same key when the answer got lost', async () => {
    answers = [{status: 503, body: {}}];

    assert.deepEqual(await client.ask({}, 'key-1'), {run: 'r1'});
    assert.deepEqual(
      received.map(({headers}) => headers['idempotency-key']),
      ['key-1', 'key-1'],
    );
  });

  it('tells a refusal as the function told it', async () => {
    answers = [
      {
        status: 409,
        body: {title: 'it still runs', code: 'RUN_ACTIVE', where: 'runs/r1', hint: 'Wait.', status: 409},
      },
    ];

    await assert.rejects(client.ask({}, 'key-1'), {
      name: 'PermanentError',
      code: 'RUN_ACTIVE',
      message: 'it still runs',
      where: 'runs/r1',
      hint: 'Wait.',
    });
  });

  it('says that waiting helps when too much was asked for', async () => {
    answers = [{status: 429, body: {title: 'too many', code: 'RATE_LIMITED'}}];

    await assert.rejects(client.ask({}, 'key-1'), {
      name: 'RetryableError',
      message: 'RATE_LIMITED: too many',
    });
    assert.equal(received.length, 1);
  });

  for (const config of [
    {rerunUrl: undefined, audience: 'a'},
    {rerunUrl: 'http://here', audience: undefined},
  ]) {
    it(`wants to know where and for whom: ${JSON.stringify(config)}`, () => {
      assert.throws(() => rerunClient(config), {code: 'ENVIRONMENT'});
    });
  }
});
