import {now} from '../run/effect.ts';
import {failure} from '../run/raised.ts';
import {mapOf} from '../run/value.ts';
import {asMap, asNumber, asText, blocking} from './std-function.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];

const DEFAULT_TIMEOUT_SECONDS = 43_200;

/** https://cloud.google.com/workflows/docs/creating-callback-endpoints */
export const events = {
  'events.await_callback': blocking('callback timeout?', function* (callback, timeout) {
    const url = asText(asMap(callback).get('url') ?? null);
    const seconds = timeout === null ? DEFAULT_TIMEOUT_SECONDS : Number(asNumber(timeout));
    if (!(seconds >= 0)) throw failure('ValueError', `events.await_callback: ${seconds} is no timeout`);
    // A restart lets the same wait have the same request again.
    const wait = asText(yield {kind: 'uuid'});
    return yield {kind: 'callback', url, wait, untilMs: (yield* now()) + seconds * 1000};
  }),
  'events.create_callback_endpoint': blocking('http_callback_method?', function* (method) {
    const verb = method === null ? 'POST' : asText(method);
    if (!METHODS.includes(verb)) {
      throw failure('ValueError', `events.create_callback_endpoint: ${verb} is not ${METHODS.join(', ')}`);
    }
    return mapOf({url: yield {kind: 'callback-endpoint', method: verb}});
  }),
};
