import assert from 'node:assert/strict';
import {run} from './support/run-workflow.ts';

interface Sent {
  readonly url: string;
  readonly method: string | undefined;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A server that notes what it is sent. */
function server(answer: () => Response = () => new Response(null, {status: 204})) {
  const sent: Sent[] = [];
  const fetcher: typeof fetch = async (url, init) => {
    sent.push({
      url: String(url),
      method: init?.method,
      headers: new Headers(init?.headers),
      body: init?.body,
    });
    return answer();
  };
  return {sent, fetch: fetcher};
}

function call(verb: string, args: string): string {
  return `
    - go: {call: http.${verb}, args: ${args}, result: answer}
    - done: {return: "\${answer}"}`;
}

const JSON_TYPE = {'content-type': 'application/json; charset=utf-8'};

describe('http', () => {
  for (const verb of ['get', 'post', 'put', 'patch', 'delete']) {
    it(`sends ${verb}`, async () => {
      const {sent, fetch} = server();
      await run(call(verb, '{url: "http://service/path"}'), {fetch});

      assert.equal(sent[0]?.method, verb.toUpperCase());
      assert.equal(sent[0]?.url, 'http://service/path');
    });
  }

  it('sends any method by http.request', async () => {
    const {sent, fetch} = server();
    await run(call('request', '{method: head, url: "http://service/"}'), {fetch});

    assert.equal(sent[0]?.method, 'HEAD');
  });

  it('sends a map as JSON, with query and headers', async () => {
    const {sent, fetch} = server();
    await run(
      call(
        'post',
        '{url: "http://service/?a=1", query: {b: "x y", c: 2}, headers: {X-Key: k}, body: {n: 1, d: 2.5}}',
      ),
      {fetch},
    );

    const [{url, headers, body} = assert.fail()] = sent;
    assert.equal(url, 'http://service/?a=1&b=x+y&c=2');
    assert.equal(body, '{"n":1,"d":2.5}');
    assert.equal(headers.get('x-key'), 'k');
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
    assert.match(headers.get('user-agent') ?? '', /GoogleCloudWorkflows; \(\+https:/);
  });

  it('sends text as it is and bytes as a stream of octets', async () => {
    const {sent, fetch} = server();
    await run(call('post', '{url: "http://service/", body: plain}'), {fetch});
    await run(call('post', `{url: "http://service/", body: "\${text.encode(\\"hi\\")}"}`), {fetch});

    assert.equal(sent[0]?.body, 'plain');
    assert.deepEqual(sent[1]?.body, new TextEncoder().encode('hi'));
    assert.equal(sent[1]?.headers.get('content-type'), 'application/octet-stream');
  });

  it('answers code, canonical headers and the parsed body', async () => {
    const {fetch} = server(
      () => new Response('{"n": 1, "d": 1.0}', {status: 201, headers: {...JSON_TYPE, 'x-goog-id': 'a'}}),
    );
    const {result} = await run(call('get', '{url: "http://service/"}'), {fetch});

    assert.equal(
      result,
      '{"code":201,"headers":{"Content-Type":"application/json; charset=utf-8","X-Goog-Id":"a"},"body":{"n":1,"d":1.0}}',
    );
  });

  it('answers text as a string and everything else as bytes', async () => {
    const body = async (type: string) => {
      const {fetch} = server(() => new Response('hi', {headers: {'content-type': type}}));
      const source = `
        - go: {call: http.get, args: {url: "http://service/"}, result: answer}
        - done: {return: "\${get_type(answer.body)}"}`;
      return (await run(source, {fetch})).result;
    };

    assert.equal(await body('text/plain'), '"string"');
    assert.equal(await body('image/png'), '"bytes"');
  });

  it('raises HttpError with code, headers and body', async () => {
    const {fetch} = server(() => new Response('{"why": "busy"}', {status: 503, headers: JSON_TYPE}));
    const {error} = await run(call('get', '{url: "http://service/"}'), {fetch});

    assert.deepEqual(JSON.parse(error ?? ''), {
      tags: ['HttpError'],
      message: 'HTTP server responded with error code 503',
      code: 503,
      headers: {'Content-Type': 'application/json; charset=utf-8'},
      body: {why: 'busy'},
    });
  });

  for (const [cause, tag] of [
    ['ECONNREFUSED', 'ConnectionFailedError'],
    ['ENOTFOUND', 'ConnectionFailedError'],
    ['UND_ERR_CONNECT_TIMEOUT', 'ConnectionFailedError'],
    ['ECONNRESET', 'ConnectionError'],
    ['UND_ERR_SOCKET', 'ConnectionError'],
  ]) {
    it(`raises ${tag} without a code after ${cause}`, async () => {
      const {error} = await run(call('get', '{url: "http://service/"}'), {
        fetch: async () => {
          throw new TypeError('fetch failed', {cause: {code: cause}});
        },
      });

      const {tags, code} = JSON.parse(error ?? '');
      assert.deepEqual(tags, [tag]);
      assert.equal(code, undefined);
    });
  }

  it('raises ResponseTypeError for malformed JSON', async () => {
    const {fetch} = server(() => new Response('{', {headers: JSON_TYPE}));

    assert.match(
      (await run(call('get', '{url: "http://service/"}'), {fetch})).error ?? '',
      /ResponseTypeError/,
    );
  });

  it('raises ResourceLimitError for an answer over 2 MB', async () => {
    const {fetch} = server(
      () => new Response('x'.repeat(2 * 1024 * 1024 + 1), {headers: {'content-type': 'text/plain'}}),
    );

    assert.match(
      (await run(call('get', '{url: "http://service/"}'), {fetch})).error ?? '',
      /ResourceLimitError/,
    );
  });

  for (const [args, reason] of [
    ['{url: "not a url"}', /ValueError.*no URL/],
    ['{url: "http://service/", timeout: 1801}', /ValueError.*timeout/],
    ['{url: "http://service/", timeout: 0}', /ValueError.*timeout/],
    ['{url: "http://service/", auth: {type: Basic}}', /ValueError.*auth/],
    ['{url: "http://service/", query: {a: null}}', /TypeError.*query/],
    ['{url: 5}', /TypeError.*string/],
  ] as const) {
    it(`refuses ${args}`, async () => {
      assert.match((await run(call('get', args))).error ?? '', reason);
    });
  }

  it('finds Google APIs where the local cloud is', async () => {
    const {sent, fetch} = server();
    await run(call('get', '{url: "https://pubsub.googleapis.com/v1/x?a=b"}'), {fetch});

    assert.equal(sent[0]?.url, 'http://google.local/v1/x?a=b');
  });
});
