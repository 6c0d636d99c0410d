import assert from 'node:assert/strict';
import {performHttp} from '../../../local/workflows/http-call.ts';
import {isMap} from '../../../local/workflows/run/value.ts';
import {VirtualClock} from './support/virtual-clock.ts';

const request = {
  method: 'GET',
  url: 'http://service/',
  headers: new Map(),
  body: undefined,
  auth: undefined,
  timeoutMs: 30_000,
};

/** Never answers; breaks off as fetch does. */
const silent: typeof fetch = (_url, init) =>
  new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));

describe('performHttp', () => {
  it('raises TimeoutError when no answer came in time', async () => {
    const clock = new VirtualClock();
    const started = clock.now();
    const options = {clock, fetch: silent, googleApis: () => '', authorize: async () => undefined};
    const pending = performHttp(request, options, new AbortController().signal);
    clock.advance();

    const answer = await pending;
    assert.ok('raised' in answer && isMap(answer.raised));
    assert.deepEqual(answer.raised.get('tags'), ['TimeoutError']);
    assert.equal(clock.now() - started, 30_000);
  });

  it('shows who calls with a token for the audience', async () => {
    let shown: string | null = null;
    const fetcher: typeof fetch = async (_url, init) => {
      shown = new Headers(init?.headers).get('authorization');
      return new Response(null);
    };
    const auth = {type: 'OIDC', audience: 'https://rerun'} as const;
    const authorize = async ({type}: {type: string}) => `Bearer ${type}`;
    const options = {clock: new VirtualClock(), fetch: fetcher, googleApis: () => '', authorize};
    await performHttp({...request, auth}, options, new AbortController().signal);

    assert.equal(shown, 'Bearer OIDC');
  });
});
