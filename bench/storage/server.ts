import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {Crc32c} from '../../shared/gateways/crc32c.ts';

// The least that the storage client talks to: one object to download, from memory; uploads are summed and forgotten. It costs as little as
// it can, so that what is measured is the client.
//
//     node server.ts DATA [TURNS]      the file's content, so often in a row

const [path = '', turns = '1'] = process.argv.slice(2);
const file = readFileSync(path);
const stored = Array.from({length: Number(turns)}, () => file);
const size = file.length * stored.length;
const source = {bucket: 'bench', name: 'data', generation: '1', size: String(size), crc32c: sumOf()};

function sumOf(): string {
  const sum = new Crc32c();
  for (const bytes of stored) sum.update(bytes);
  return sum.toString();
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
}

async function download(response: ServerResponse): Promise<void> {
  response.writeHead(200, {
    'content-length': size,
    'x-goog-hash': `crc32c=${source.crc32c}`,
    'x-goog-stored-content-encoding': 'identity',
  });
  for (const bytes of stored) {
    if (!response.write(bytes)) await once(response, 'drain');
  }
  response.end();
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sum = new Crc32c();
  let received = 0;
  for await (const chunk of request) {
    sum.update(chunk);
    received += chunk.length;
  }
  answer(response, 200, {...source, name: 'written', size: String(received), crc32c: sum.toString()});
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '', `http://${request.headers.host}`);
  if (request.method === 'PUT') return receive(request, response);
  if (request.method === 'POST')
    return response.writeHead(200, {location: `${url.origin}/${randomUUID()}`}).end();
  if (!url.pathname.endsWith(`/${source.name}`)) return answer(response, 404, {error: {code: 404}});
  return url.searchParams.has('alt') ? download(response) : answer(response, 200, source);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}`);
});
