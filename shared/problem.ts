import {complaintOf, PermanentError} from './errors.ts';

/** What an HTTP function answers; a body is written as JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is worth a line in the log. */
  readonly log?: Readonly<Record<string, unknown>>;
}

/** What is written to whoever asked. */
export interface WrittenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Too much was asked for; the same request may be granted later. */
export class TooManyError extends PermanentError {
  readonly retryAfterSeconds: number;

  constructor(code: string, message: string, retryAfterSeconds: number) {
    super(code, message, {hint: `Ask again in ${retryAfterSeconds} seconds.`});
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Refusals of the request itself; anything else that is permanent is 422. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  REQUEST_INVALID: 400,
  IDEMPOTENCY_KEY_REQUIRED: 400,
  TOKEN_INVALID: 401,
  CALLER_REFUSED: 403,
  NO_SUCH_RUN: 404,
  OBJECT_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  RUN_ACTIVE: 409,
  RUN_ENDED: 409,
  NOTHING_TO_PROMOTE: 409,
  NOTHING_TO_RESTORE: 409,
  STAGE_INPUT_MISSING: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE: 415,
};

const TOO_MANY_REQUESTS = 429;

/** A failure as problem details (RFC 9457). What is not permanent keeps its inside to itself. */
export function problemOf(error: unknown): HttpAnswer {
  if (!(error instanceof PermanentError)) {
    const title = 'Something failed that may pass; try again.';
    return {status: 503, body: {type: 'about:blank', status: 503, title, code: 'UNAVAILABLE'}};
  }
  const status = error instanceof TooManyError ? TOO_MANY_REQUESTS : (STATUS_OF_CODE[error.code] ?? 422);
  const {message, ...rest} = complaintOf(error);
  return {status, headers: headersOf(error), body: {type: 'about:blank', status, title: message, ...rest}};
}

/** A failure as it is written. */
export function problemAnswer(error: unknown): WrittenAnswer {
  const {status, headers, body} = problemOf(error);
  const type = {'Content-Type': 'application/problem+json; charset=utf-8'};
  return {status, headers: {...headers, ...type}, body: JSON.stringify(body)};
}

function headersOf(error: PermanentError): Record<string, string> {
  if (error instanceof TooManyError) return {'Retry-After': String(error.retryAfterSeconds)};
  return error.code === 'TOKEN_INVALID' ? {'WWW-Authenticate': 'Bearer error="invalid_token"'} : {};
}
