import type {Logger} from 'pino';
import {type Complaint, complaintOf, PermanentError} from './errors.ts';

/** A request with what our functions look at. */
export interface HttpRequest {
  readonly method: string;
  readonly query: unknown;
  readonly body: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An HTTP function as a plain value. */
export interface HttpFunction<Ports> {
  readonly name: string;
  answer(request: HttpRequest, ports: Ports): Promise<HttpAnswer>;
}

interface Response {
  status(code: number): Response;
  type(contentType: string): Response;
  send(body: string): unknown;
}

/** A refusal of the request itself; anything else that is permanent is 422. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  REQUEST_INVALID: 400,
  NO_SUCH_RUN: 404,
  OBJECT_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  RUN_ACTIVE: 409,
};

/** Answers in JSON; failures as problem details (RFC 9457). */
export function handleHttp<Ports>(http: HttpFunction<Ports>, ports: Ports, log: Logger) {
  return async (request: HttpRequest, response: Response): Promise<void> => {
    try {
      const {status, body} = await http.answer(request, ports);
      response.status(status).type('application/json').send(JSON.stringify(body));
    } catch (error) {
      log.warn({function: http.name, err: error}, `${http.name} refused a request`);
      const {status, body} = problemOf(error);
      response.status(status).type('application/problem+json').send(JSON.stringify(body));
    }
  };
}

function problemOf(error: unknown): HttpAnswer {
  if (!(error instanceof PermanentError)) {
    const title = 'Something failed that may pass; try again.';
    return {status: 503, body: {type: 'about:blank', status: 503, title, code: 'UNAVAILABLE'}};
  }
  const status = STATUS_OF_CODE[error.code] ?? 422;
  const {message, ...rest}: Complaint = complaintOf(error);
  return {status, body: {type: 'about:blank', status, title: message, ...rest}};
}
