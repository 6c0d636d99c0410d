import type {Logger} from 'pino';
import {repeatedName} from './domain/repeated-name.ts';
import {excerpt} from './domain/split/excerpt.ts';
import {PermanentError} from './errors.ts';
import {type HttpAnswer, problemAnswer, type WrittenAnswer} from './problem.ts';
import type {Identity} from './request-ports.ts';

/** A request as the functions framework hands it on. Names of headers are in lower case. */
export interface RawRequest {
  readonly method: string;
  /** A name that is there more than once has its values in a list. */
  readonly query: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawBody?: Uint8Array;
}

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

/** Answers one request; never rejects. */
export type Answerer = (request: RawRequest) => Promise<WrittenAnswer>;

/** Bodies of the requests that people and workflows send are small. */
export const MAX_REQUEST_BYTES = 16 * 1024;

/** Lets in whom the identity names, answers in JSON; failures as problem details (RFC 9457). */
export function handleHttp<Ports>(
  http: HttpFunction<Ports>,
  ports: Ports,
  {identity, log}: {identity: Identity; log: Logger},
): Answerer {
  return async (request) => {
    try {
      assertMethod(request, http.methods);
      const caller = await identity.caller(headerOf(request, 'authorization'));
      const {method, query, headers} = request;
      const answer = await http.answer({method, query, body: jsonOf(request), headers, caller}, ports);
      if (answer.log !== undefined) log.info({function: http.name, ...answer.log}, `${http.name} answered`);
      const type = {'Content-Type': 'application/json; charset=utf-8'};
      return {
        status: answer.status,
        headers: {...answer.headers, ...type},
        body: JSON.stringify(answer.body),
      };
    } catch (error) {
      log.warn({function: http.name, err: error}, `${http.name} refused a request`);
      const problem = problemAnswer(error);
      const allow = problem.status === 405 ? {Allow: http.methods.join(', ')} : {};
      return {...problem, headers: {...problem.headers, ...allow}};
    }
  };
}

/** One header; undefined when it is absent or sent more than once. */
export function headerOf({headers}: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function assertMethod({method}: RawRequest, methods: readonly string[]): void {
  if (methods.includes(method)) return;
  throw new PermanentError('METHOD_NOT_ALLOWED', `${method} is not ${methods.join(' or ')}`);
}

/** Undefined when there is no body. @throws PermanentError MEDIA_TYPE, REQUEST_INVALID */
function jsonOf(request: RawRequest): unknown {
  const {rawBody} = request;
  if (rawBody === undefined || rawBody.byteLength === 0) return undefined;
  const type = headerOf(request, 'content-type');
  if (!/^application\/json\s*(;|$)/i.test(type ?? '')) {
    throw new PermanentError('MEDIA_TYPE', 'a body has Content-Type application/json');
  }
  const text = new TextDecoder().decode(rawBody);
  const body = parsed(text);
  const name = repeatedName(text);
  if (name !== undefined) throw unreadable(`the body has ${excerpt(name)} twice in one object`);
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('the body is not JSON');
  }
}

function unreadable(why: string): PermanentError {
  return new PermanentError('REQUEST_INVALID', why, {hint: 'See docs/reference/http.md.'});
}
