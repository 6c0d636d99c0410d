import {createServer, type Server} from 'node:http';
import {text} from 'node:stream/consumers';
import {type Model, predict} from './model.ts';

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Answers 200 at the health route, and at the predict route `{"instances": [[…], …]}` with `{"predictions": […]}`. */
export function modelServer(model: Model, routes: {health: string; predict: string}): Server {
  return createServer(async (request, response) => {
    const {status, body} = await answerTo(request.method, request.url, () => text(request));
    response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
  });

  async function answerTo(method = '', url = '', read: () => Promise<string>): Promise<Answer> {
    if (method === 'GET' && url === routes.health) return {status: 200, body: {status: 'healthy'}};
    if (method === 'POST' && url === routes.predict) return answer(model, await read());
    return {status: 404, body: {error: `No such route: ${method} ${url}`}};
  }
}

/** Answers one request for predictions: 400 for what the caller can mend. */
export function answer(model: Model, body: string): Answer {
  const instances = instancesOf(body);
  const refusal = `"instances" must be rows of ${model.columns.length} numbers or nulls: ${model.columns.join(', ')}`;
  if (!instances?.every((row) => isRow(row, model.columns.length)))
    return {status: 400, body: {error: refusal}};
  return {status: 200, body: {predictions: predict(model, instances)}};
}

function instancesOf(body: string): readonly (number | null)[][] | undefined {
  try {
    const {instances} = JSON.parse(body);
    return Array.isArray(instances) ? instances : undefined;
  } catch {
    return undefined;
  }
}

function isRow(row: unknown, length: number): boolean {
  return (
    Array.isArray(row) &&
    row.length === length &&
    row.every((value) => value === null || typeof value === 'number')
  );
}
