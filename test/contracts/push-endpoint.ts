import {EventEmitter, on, once} from 'node:events';
import {createServer, type IncomingHttpHeaders} from 'node:http';
import type {AddressInfo} from 'node:net';
import {json} from 'node:stream/consumers';

/** One request an endpoint has received. */
export interface Pushed<Body> {
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

/** An HTTP endpoint that answers with the given statuses, one after the other, and with the last one ever after. */
export async function pushEndpoint<Body>(...statuses: readonly number[]) {
  const arrivals = new EventEmitter();
  const queue = on(arrivals, 'pushed');
  let answered = 0;
  const server = createServer(async (request, response) => {
    const body = await json(request);
    const status = statuses[Math.min(answered, statuses.length - 1)] ?? 204;
    response.writeHead(status, status === 302 ? {location: '/elsewhere'} : {}).end();
    answered += 1;
    arrivals.emit('pushed', {headers: request.headers, body});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    /** The next request in the order of arrival, waiting for it when it is still to come. */
    next: async (): Promise<Pushed<Body>> => {
      const {value = []} = await queue.next();
      return value[0];
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
