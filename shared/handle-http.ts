import type {Logger} from 'pino';
import {PermanentError} from './errors.ts';
import {type HttpAnswer, problemOf} from './problem.ts';
import type {Identity} from './request-ports.ts';

/** A request with what our functions look at. */
export interface HttpRequest {
  readonly method: string;
  readonly query: unknown;
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** E-mail address of who asks, proven. */
  readonly caller: string;
}

/** An HTTP function as a plain value. */
export interface HttpFunction<Ports> {
  readonly name: string;
  /** Any other method is refused with 405. */
  readonly methods: readonly string[];
  answer(request: HttpRequest, ports: Ports): Promise<HttpAnswer>;
}

/** What the functions framework hands over: an Express request, its body parsed. */
type Incoming = Omit<HttpRequest, 'caller'> & {readonly rawBody?: Uint8Array};

interface Response {
  status(code: number): Response;
  set(headers: Readonly<Record<string, string>>): Response;
  type(contentType: string): Response;
  send(body: string): unknown;
}

const MAX_BODY_BYTES = 16 * 1024;

/** Lets in whom the identity names, answers in JSON; failures as problem details (RFC 9457). */
export function handleHttp<Ports>(
  http: HttpFunction<Ports>,
  ports: Ports,
  {identity, log}: {identity: Identity; log: Logger},
) {
  return async (incoming: Incoming, response: Response): Promise<void> => {
    try {
      assertMethod(incoming, http.methods);
      const caller = await identity.caller(headerOf(incoming, 'authorization'));
      assertPlainJson(incoming);
      const {method, query, body, headers} = incoming;
      const answer = await http.answer({method, query, body, headers, caller}, ports);
      if (answer.log !== undefined) log.info({function: http.name, ...answer.log}, `${http.name} answered`);
      write(answer, 'application/json', response);
    } catch (error) {
      log.warn({function: http.name, err: error}, `${http.name} refused a request`);
      const problem = problemOf(error);
      const allow = problem.status === 405 ? {Allow: http.methods.join(', ')} : {};
      write({...problem, headers: {...problem.headers, ...allow}}, 'application/problem+json', response);
    }
  };
}

/** One header; undefined when it is absent or sent more than once. */
export function headerOf({headers}: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function assertMethod({method}: Incoming, methods: readonly string[]): void {
  if (methods.includes(method)) return;
  throw new PermanentError('METHOD_NOT_ALLOWED', `${method} is not ${methods.join(' or ')}`);
}

/** @throws PermanentError MEDIA_TYPE, BODY_TOO_LARGE */
function assertPlainJson(incoming: Incoming): void {
  const bytes = incoming.rawBody?.byteLength ?? 0;
  if (bytes > MAX_BODY_BYTES) {
    throw new PermanentError('BODY_TOO_LARGE', `the body has more than ${MAX_BODY_BYTES} bytes`);
  }
  const encoding = headerOf(incoming, 'content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    throw new PermanentError('MEDIA_TYPE', `a body is not taken in Content-Encoding ${encoding}`);
  }
  const type = headerOf(incoming, 'content-type');
  if (bytes > 0 && !/^application\/json\s*(;|$)/i.test(type ?? '')) {
    throw new PermanentError('MEDIA_TYPE', 'a body has Content-Type application/json');
  }
}

function write({status, headers = {}, body}: HttpAnswer, type: string, response: Response): void {
  response.status(status).set(headers).type(type).send(JSON.stringify(body));
}
