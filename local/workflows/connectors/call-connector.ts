import {type HttpRequest, send, type Work} from '../run/effect.ts';
import {failure} from '../run/raised.ts';
import {backoffEnd, withRetries} from '../run/run-try.ts';
import type {Value} from '../run/value.ts';
import {queryText} from '../stdlib/http.ts';
import {retryPredicates} from '../stdlib/retry-predicates.ts';
import {asText} from '../stdlib/std-function.ts';
import {followBigQueryJob} from './follow-bigquery-job.ts';
import {connectorMethod, type Method} from './methods.ts';
import {pollingOf} from './polling.ts';

const MAX_REQUEST_SECONDS = 1800;

/** Calls a Google API; the answer is the body of the response, for long work that of its end. */
export function* callConnector(name: string, args: ReadonlyMap<string, Value>): Work<Value> {
  const method = connectorMethod(name);
  if (method === undefined) throw failure('SystemError', `no connector "${name}"`);
  const base = baseUrl(name, args.get('region') ?? null);
  const answer = yield* sendWithRetries(requestOf(method, base, args));
  const polling = pollingOf(args.get('connector_params') ?? null);
  if (method.follows === undefined || polling.isSkipped) return answer;
  return yield* followBigQueryJob(answer, polling, (job) => sendWithRetries(getRequest(`${base}${job}`)));
}

function baseUrl(name: string, region: Value): string {
  const service = name.split('.')[1] ?? '';
  return `https://${region === null ? '' : `${asText(region)}-`}${service}.googleapis.com`;
}

function requestOf(method: Method, base: string, args: ReadonlyMap<string, Value>): HttpRequest {
  const path = method.path.replaceAll(/\{(\+?)(\w+)\}/g, (_, isName: string, param: string) => {
    const value = args.get(param);
    if (value === undefined) throw failure('TypeError', `missing argument '${param}'`);
    const text = queryText(value);
    return isName === '+' ? text : encodeURIComponent(text);
  });
  const url = new URL(base + path);
  for (const param of method.query ?? []) {
    const value = args.get(param) ?? null;
    if (value !== null) url.searchParams.set(param, queryText(value));
  }
  const body = args.get('body');
  return {
    ...getRequest(url.href),
    method: method.verb,
    body: method.verb === 'POST' ? (body ?? new Map()) : undefined,
  };
}

function getRequest(url: string): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: new Map(),
    body: undefined,
    auth: {type: 'OAuth2'},
    timeoutMs: MAX_REQUEST_SECONDS * 1000,
  };
}

const MAX_RETRIES = 5;
const BACKOFF = {initialDelaySeconds: 1, multiplier: 1.25, maxDelaySeconds: 60};

/** Reads may be repeated after any passing failure, everything else only when it has not been taken up. */
function* sendWithRetries(request: HttpRequest): Work<Value> {
  const name =
    request.method === 'GET' ? 'default_retry_predicate' : 'default_retry_predicate_non_idempotent';
  const isPassing = retryPredicates[`http.${name}`].run;
  const answer = yield* withRetries(
    () => send(request),
    function* (error, retries) {
      return retries < MAX_RETRIES && isPassing(error) === true
        ? yield* backoffEnd(BACKOFF, retries)
        : undefined;
    },
  );
  return answer.get('body') ?? null;
}
