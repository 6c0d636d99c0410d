import {type Auth, type HttpRequest, send} from '../run/effect.ts';
import {failure} from '../run/raised.ts';
import {isMap, isNumeric, textOf, typeOf, type Value} from '../run/value.ts';
import {asMap, asNumber, asText, blocking, type StdFunction} from './std-function.ts';

const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = 1800;

const OPTIONS = 'headers? query? auth? timeout?';

/** https://cloud.google.com/workflows/docs/reference/stdlib/http */
export const http: Record<string, StdFunction> = {
  'http.get': blocking(`url ${OPTIONS}`, (url, ...options) => request('GET', url, null, options)),
  'http.request': blocking(`method url body? ${OPTIONS}`, (method, url, body, ...options) =>
    request(asText(method).toUpperCase(), url, body ?? null, options),
  ),
  ...Object.fromEntries(
    ['post', 'put', 'patch', 'delete'].map((verb) => [
      `http.${verb}`,
      blocking(`url body? ${OPTIONS}`, (url, body, ...options) =>
        request(verb.toUpperCase(), url, body ?? null, options),
      ),
    ]),
  ),
};

function* request(method: string, url: Value | undefined, body: Value, options: readonly Value[]) {
  const [headers = null, query = null, auth = null, timeout = null] = options;
  const target = withQuery(asText(url ?? null), query);
  return yield* send({
    method,
    url: target.href,
    headers: new Map([...asMap(headers ?? new Map())].map(([name, value]) => [name, asText(value)])),
    body: body === null ? undefined : body,
    auth: authOf(auth, target),
    timeoutMs: timeoutOf(timeout) * 1000,
  });
}

function withQuery(text: string, query: Value): URL {
  if (!URL.canParse(text)) throw failure('ValueError', `"${text}" is no URL`);
  const url = new URL(text);
  if (query === null) return url;
  for (const [name, value] of asMap(query)) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, queryText(one));
  }
  return url;
}

/** @throws Raised TypeError for anything but a scalar. */
export function queryText(value: Value): string {
  if (isNumeric(value)) return typeof value === 'bigint' ? String(value) : textOf(value);
  if (typeof value === 'string' || typeof value === 'boolean') return textOf(value);
  throw failure('TypeError', `a query parameter must be a string, number or boolean, not '${typeOf(value)}'`);
}

function authOf(auth: Value, url: URL): HttpRequest['auth'] {
  if (auth === null) return undefined;
  const fields = isMap(auth) ? auth : asMap(auth);
  const type = fields.get('type') ?? null;
  if (type === 'OAuth2') return {type};
  if (type !== 'OIDC') throw failure('ValueError', 'auth.type must be "OIDC" or "OAuth2"');
  const audience = fields.get('audience') ?? null;
  return {type, audience: audience === null ? url.origin + url.pathname : asText(audience)} satisfies Auth;
}

function timeoutOf(timeout: Value): number {
  const seconds = timeout === null ? DEFAULT_TIMEOUT_SECONDS : Number(asNumber(timeout));
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw failure('ValueError', `timeout: ${seconds} is not between 0 and ${MAX_TIMEOUT_SECONDS} seconds`);
  }
  return seconds;
}
