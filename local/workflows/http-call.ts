import {decodeBody} from './body.ts';
import type {Clock} from './clock.ts';
import type {Auth, HttpRequest} from './run/effect.ts';
import type {Answer} from './run/execution.ts';
import {toJson} from './run/json.ts';
import {type ErrorTag, failure, tagged} from './run/raised.ts';
import type {Value, ValueMap} from './run/value.ts';

export interface HttpOptions {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Where all Google APIs are, without a slash at the end. */
  googleApis(): string;
  /** The header value that proves who calls; undefined when there is no identity to show. */
  authorize(auth: Auth, signal: AbortSignal): Promise<string | undefined>;
}

const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;
const USER_AGENT = 'GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)';

/** Sends a request. The answer is {code, headers, body}; for a status from 400 on it is an HttpError. */
export async function performHttp(
  request: HttpRequest,
  options: HttpOptions,
  cancelled: AbortSignal,
): Promise<Answer> {
  const over = new AbortController();
  const signal = AbortSignal.any([cancelled, over.signal]);
  const timer = new AbortController();
  let isTimedOut = false;
  options.clock.sleep(request.timeoutMs, AbortSignal.any([cancelled, timer.signal])).then(
    () => {
      isTimedOut = true;
      over.abort();
    },
    () => undefined,
  );
  try {
    return await answerTo(request, options, signal);
  } catch (error) {
    if (isTimedOut) return raised('TimeoutError', `request timed out: ${request.url}`);
    return raised(connectionTag(error), `${causeOf(error)}: ${request.url}`);
  } finally {
    timer.abort();
  }
}

async function answerTo(request: HttpRequest, options: HttpOptions, signal: AbortSignal): Promise<Answer> {
  const {body, type} = encode(request.body);
  const headers = new Headers([...request.headers]);
  if (type !== undefined && !headers.has('content-type')) headers.set('content-type', type);
  headers.set('user-agent', `${headers.get('user-agent') ?? ''} ${USER_AGENT}`.trim());
  const proof = request.auth && (await options.authorize(request.auth, signal));
  if (proof !== undefined) headers.set('authorization', proof);
  const response = await options.fetch(placed(request.url, options.googleApis()), {
    method: request.method,
    headers,
    signal,
    ...(body !== undefined && {body}),
  });
  return read(response);
}

/** Google's own hosts are all in one place here. */
function placed(url: string, googleApis: string): string {
  const {hostname, pathname, search} = new URL(url);
  return hostname.endsWith('.googleapis.com') ? googleApis + pathname + search : url;
}

interface Encoded {
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
}

function encode(body: Value | undefined): Encoded {
  if (body === undefined) return {};
  if (typeof body === 'string') return {body};
  if (body instanceof Uint8Array) return {body: Uint8Array.from(body), type: 'application/octet-stream'};
  return {body: toJson(body), type: 'application/json; charset=utf-8'};
}

async function read(response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_RESPONSE_BYTES) {
    return raised('ResourceLimitError', `HTTP response is larger than ${MAX_RESPONSE_BYTES} bytes`);
  }
  const body = decodeBody(bytes, response.headers.get('content-type') ?? '');
  if (body === undefined && response.ok) return raised('ResponseTypeError', 'response body is no valid JSON');
  const fields = {
    code: BigInt(response.status),
    headers: canonical(response.headers),
    body: body ?? Buffer.from(bytes).toString(),
  };
  if (response.status < 400) return {value: new Map(Object.entries(fields))};
  const message = `HTTP server responded with error code ${response.status}`;
  return {raised: tagged('HttpError', message, fields).value};
}

/** Headers as a workflow sees them: `Content-Type`. */
export function canonical(headers: Headers): ValueMap {
  const capitalized = (name: string) => name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  return new Map([...headers].map(([name, value]) => [capitalized(name), value]));
}

/** Error codes that mean: the server was never reached, so the request was not taken up. */
const NEVER_CONNECTED = [
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function connectionTag(error: unknown): ErrorTag {
  return NEVER_CONNECTED.includes(codeOf(error)) ? 'ConnectionFailedError' : 'ConnectionError';
}

function codeOf(error: unknown): string {
  const {cause} = error as {cause?: {code?: unknown}};
  return String(cause?.code ?? '');
}

function causeOf(error: unknown): string {
  const code = codeOf(error);
  return code === '' ? String(error) : code;
}

function raised(tag: ErrorTag, sentence: string): Answer {
  return {raised: failure(tag, sentence).value};
}
