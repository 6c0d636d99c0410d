import assert from 'node:assert/strict';
import {once} from 'node:events';
import type {Server} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import {text} from 'node:stream/consumers';
import {serveHttpFunction} from '../../support/serve-function.ts';

const ARRIVAL_MS = 50;

describe('a function that is sent a request without end', () => {
  let server: Server;
  let asked: number;

  beforeEach(async () => {
    asked = 0;
    const answer = async () => ({status: 200, headers: {}, body: `${++asked}`});
    server = await serveHttpFunction(answer, 1000, ARRIVAL_MS);
  });

  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  /** All that the function says until it closes the connection. */
  function said(sent: string): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(sent);
    return text(socket);
  }

  const unfinished: [string, string][] = [
    ['headers that stop', 'POST / HTTP/1.1\r\nHost: a\r\n'],
    ['a body shorter than it tells', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{'],
    [
      'a body whose last piece is missing',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n',
    ],
  ];
  for (const [what, sent] of unfinished) {
    it(`closes the connection on ${what}, with 408 and nothing done`, async () => {
      assert.match(await said(sent), /^HTTP\/1\.1 408 /);
      assert.equal(asked, 0);
    });
  }

  it('goes on answering others', async () => {
    await said('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{');

    assert.match(await said('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /);
  });
});
