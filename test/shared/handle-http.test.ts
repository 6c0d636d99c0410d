import assert from 'node:assert/strict';
import pino from 'pino';
import {PermanentError, RetryableError} from '../../shared/errors.ts';
import {type HttpRequest, handleHttp, type RawRequest} from '../../shared/handle-http.ts';
import {TooManyError} from '../../shared/problem.ts';

const silent = pino({level: 'silent'});
const NO_BODY = Buffer.alloc(0);
const CALLER = 'jo@the-project.example';
const identity = {caller: async () => CALLER};

type Answer = (request: HttpRequest) => Promise<{status: number; body: unknown}>;
type Asked = Partial<RawRequest>;

/** What a client sees of a function that answers, or throws, this. */
async function seen(answer: Answer, asked: Asked = {}, callers = identity) {
  const http = {name: 'a-function', methods: ['GET', 'POST'], answer};
  const request = {method: 'GET', query: {}, rawBody: NO_BODY, headers: {}, ...asked};
  const {headers, body, ...sent} = await handleHttp(http, {}, {identity: callers, log: silent})(request);
  const {'Content-Type': type, ...rest} = headers;
  return {...sent, type, headers: rest, body: JSON.parse(body)};
}

const done: Answer = async () => ({status: 202, body: {run: 'r1'}});
const failing = (error: unknown) => () => Promise.reject(error);

describe('handleHttp', () => {
  it('answers in JSON', async () => {
    assert.deepEqual(await seen(done), {
      status: 202,
      type: 'application/json; charset=utf-8',
      headers: {},
      body: {run: 'r1'},
    });
  });

  it('hands the function the request, and who asks', async () => {
    const given: unknown[] = [];
    const headers = {'content-type': 'application/json'};
    const asked = {method: 'POST', query: {a: '1'}, headers};

    await seen(
      async (request) => {
        given.push(request);
        return {status: 200, body: null};
      },
      {...asked, rawBody: Buffer.from('{"b":2}')},
    );

    assert.deepEqual(given, [{...asked, body: {b: 2}, caller: CALLER}]);
  });

  it('takes the caller from the Authorization header alone', async () => {
    const asked: unknown[] = [];
    const callers = {
      async caller(authorization?: string) {
        asked.push(authorization);
        return CALLER;
      },
    };

    await seen(done, {headers: {authorization: 'Bearer a.b.c', 'x-forwarded-for': '10.0.0.1'}}, callers);
    await seen(done, {}, callers);

    assert.deepEqual(asked, ['Bearer a.b.c', undefined]);
  });

  it('answers nothing to who is refused', async () => {
    const refusing = {caller: () => Promise.reject(new PermanentError('CALLER_REFUSED', 'no'))};
    let asked = 0;
    const {status} = await seen(async () => ({status: 200, body: ++asked}), {}, refusing);

    assert.deepEqual({status, asked}, {status: 403, asked: 0});
  });

  it('tells a refusal as problem details, with place and hint', async () => {
    const error = new PermanentError('RUN_ACTIVE', 'it still runs', {where: 'r1', hint: 'Wait.'});

    assert.deepEqual(await seen(failing(error)), {
      status: 409,
      type: 'application/problem+json; charset=utf-8',
      headers: {},
      body: {
        type: 'about:blank',
        status: 409,
        title: 'it still runs',
        code: 'RUN_ACTIVE',
        where: 'r1',
        hint: 'Wait.',
      },
    });
  });

  for (const method of ['PUT', 'DELETE', 'TRACE', 'HEAD', 'PATCH']) {
    it(`answers 405 to ${method} and tells what it allows, whatever X-HTTP-Method-Override says`, async () => {
      const headers = {'x-http-method-override': 'GET'};
      const answer = await seen(done, {method, headers});

      assert.deepEqual([answer.status, answer.headers], [405, {Allow: 'GET, POST'}]);
    });
  }

  it('answers 401 with the scheme it wants', async () => {
    const {status, headers} = await seen(failing(new PermanentError('TOKEN_INVALID', 'no')));

    assert.deepEqual([status, headers], [401, {'WWW-Authenticate': 'Bearer error="invalid_token"'}]);
  });

  it('answers 429 with the seconds to wait', async () => {
    const {status, headers, body} = await seen(failing(new TooManyError('RATE_LIMITED', 'too many', 42)));

    assert.deepEqual([status, headers, body.code], [429, {'Retry-After': '42'}, 'RATE_LIMITED']);
  });

  const statuses = {
    REQUEST_INVALID: 400,
    NO_SUCH_RUN: 404,
    OBJECT_NOT_FOUND: 404,
    RUN_ACTIVE: 409,
    ANYTHING_ELSE: 422,
  };
  for (const [code, status] of Object.entries(statuses)) {
    it(`answers ${status} to ${code}`, async () => {
      assert.equal((await seen(failing(new PermanentError(code, 'no')))).status, status);
    });
  }

  const bodies: [string, string | undefined, string, number][] = [
    ['JSON', 'application/json', '{}', 202],
    ['JSON that names its character set', 'application/json; charset=utf-8', '{}', 202],
    ['no body and no type', undefined, '', 202],
    ['JSON that is cut off', 'application/json', '{"a":', 400],
    ['a form', 'application/x-www-form-urlencoded', 'a=1', 415],
    ['text', 'text/plain', '{}', 415],
    ['a type that only begins like JSON', 'application/json-seq', '{}', 415],
    ['a body without a type', undefined, '{}', 415],
  ];
  for (const [what, type, body, status] of bodies) {
    it(`answers ${status} to ${what}`, async () => {
      const asked = {method: 'POST', headers: {'content-type': type}, rawBody: Buffer.from(body)};

      assert.equal((await seen(done, asked)).status, status);
    });
  }

  for (const error of [new RetryableError('secret'), new TypeError('secret'), 'secret']) {
    it(`answers 503 to ${String(error)} and keeps the inside to itself`, async () => {
      const {status, body} = await seen(failing(error));

      assert.equal(status, 503);
      assert.equal(body.code, 'UNAVAILABLE');
      assert.doesNotMatch(JSON.stringify(body), /secret/);
    });
  }
});
