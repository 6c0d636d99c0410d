import {once} from 'node:events';
import {type IncomingMessage, request, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  /** One that is undefined is not sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Bytes and text are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

export interface Seen {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** Empty when the answer is no JSON. */
  readonly body: {readonly run?: string; readonly code?: string};
}

/** One request, with methods and headers that fetch would not send. */
export async function ask(
  server: Server,
  {method = 'POST', path = '/', headers = {}, body}: Asked,
): Promise<Seen> {
  const {port} = server.address() as AddressInfo;
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const call = request({host: '127.0.0.1', port, method, path, headers: sent});
  call.end(body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body));
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  const read = await text(answer);
  const isJson = /json/.test(answer.headers['content-type'] ?? '');
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text: read,
    body: isJson && read !== '' ? JSON.parse(read) : {},
  };
}
