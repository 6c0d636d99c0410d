import assert from 'node:assert/strict';
import {once} from 'node:events';
import {type ClientRequest, type IncomingMessage, request, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {gzipSync} from 'node:zlib';
import type {Answerer} from '../../shared/handle-http.ts';
import {ask} from '../support/http-client.ts';
import {serveHttpFunction} from '../support/serve-function.ts';

const MAX = 1000;

/** Tells what it was asked. */
const echo: Answerer = async ({method, query, headers, rawBody = Buffer.alloc(0)}) => ({
  status: 200,
  headers: {'Content-Type': 'application/json'},
  body: JSON.stringify({method, query, agent: headers['user-agent'], body: Buffer.from(rawBody).toString()}),
});

describe('a function, served', () => {
  let server: Server;
  let asked: number;

  beforeEach(async () => {
    asked = 0;
    server = await serveHttpFunction((request) => {
      asked++;
      return echo(request);
    }, MAX);
  });

  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  function begin(headers: Record<string, string> = {}): ClientRequest {
    const {port} = server.address() as AddressInfo;
    const call = request({host: '127.0.0.1', port, method: 'POST', headers});
    call.on('error', () => {});
    return call;
  }

  it('hands on method, query, headers and the whole body', async () => {
    const {body} = await ask(server, {path: '/a?b=1&c=2&b=3', headers: {'user-agent': 'me'}, body: 'größe'});

    assert.deepEqual(body, {method: 'POST', query: {b: ['1', '3'], c: '2'}, agent: 'me', body: 'größe'});
  });

  it('takes a body of as many bytes as allowed', async () => {
    assert.equal((await ask(server, {body: 'x'.repeat(MAX)})).status, 200);
  });

  it('answers 413 to one byte more', async () => {
    const {status, body} = await ask(server, {body: 'x'.repeat(MAX + 1)});

    assert.deepEqual([status, body.code], [413, 'BODY_TOO_LARGE']);
  });

  it('answers 413 while a body without a length still comes', async () => {
    const call = begin();
    call.write('x'.repeat(MAX + 1));

    const [answer] = (await once(call, 'response')) as [IncomingMessage];

    assert.equal(answer.statusCode, 413);
    call.destroy();
  });

  it('answers the next request of a connection on which a body was too large', async () => {
    await ask(server, {body: 'x'.repeat(100 * MAX)});

    assert.equal((await ask(server, {body: 'x'})).status, 200);
  });

  for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip', 'GZIP']) {
    it(`answers 415 to ${encoding} and inflates nothing`, async () => {
      const body = gzipSync(Buffer.alloc(1_000_000));
      const seen = await ask(server, {headers: {'content-encoding': encoding}, body});

      assert.deepEqual([seen.status, seen.body.code, asked], [415, 'MEDIA_TYPE', 0]);
    });
  }

  it('does nothing before the whole body is there', async () => {
    const call = begin({'content-length': '99'});
    call.write('{');
    await once(server, 'connection');
    call.destroy();

    assert.equal((await ask(server, {body: 'x'})).status, 200);
    assert.equal(asked, 1);
  });
});
