import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {json} from 'node:stream/consumers';

interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: unknown;
}

/** A service that gives the scripted answers, one after the other, and remembers what it was asked. */
export class ScriptedService {
  readonly calls: Call[] = [];
  readonly #answers: {status: number; body: object}[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const {method, url} = request;
      this.calls.push({method, url, body: hasBody(method) ? await json(request) : undefined});
      const {status, body} = this.#answers.shift() ?? {status: 404, body: {error: {code: 404}}};
      response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
    });
  }

  answer(body: object, status = 200): this {
    this.#answers.push({status, body});
    return this;
  }

  get queries(): URLSearchParams[] {
    return this.calls.map(({url = ''}) => new URL(url, 'http://service').searchParams);
  }

  /** Starts to listen; the root URL for a client. */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const {port} = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function hasBody(method: string | undefined): boolean {
  return method === 'POST' || method === 'PATCH';
}
