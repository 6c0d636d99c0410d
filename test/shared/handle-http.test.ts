import assert from 'node:assert/strict';
import pino from 'pino';
import {PermanentError, RetryableError} from '../../shared/errors.ts';
import {handleHttp} from '../../shared/handle-http.ts';

const silent = pino({level: 'silent'});

/** What a client sees of a function that answers, or throws, this. */
async function seen(answer: () => Promise<{status: number; body: unknown}>) {
  const sent = {status: 0, type: '', body: ''};
  const response = {
    status(code: number) {
      sent.status = code;
      return response;
    },
    type(contentType: string) {
      sent.type = contentType;
      return response;
    },
    send(body: string) {
      sent.body = body;
    },
  };
  const request = {method: 'GET', query: {}, body: undefined};
  await handleHttp({name: 'a-function', answer}, {}, silent)(request, response);
  return {...sent, body: JSON.parse(sent.body)};
}

describe('handleHttp', () => {
  it('answers in JSON', async () => {
    assert.deepEqual(await seen(async () => ({status: 202, body: {run: 'r1'}})), {
      status: 202,
      type: 'application/json',
      body: {run: 'r1'},
    });
  });

  it('hands the function request and ports', async () => {
    const given: unknown[] = [];
    const request = {method: 'POST', query: {a: '1'}, body: {b: 2}};
    const response = {status: () => response, type: () => response, send: () => undefined};
    const answer = async (...args: unknown[]) => {
      given.push(...args);
      return {status: 200, body: null};
    };

    await handleHttp({name: 'a-function', answer}, {the: 'ports'}, silent)(request, response);

    assert.deepEqual(given, [request, {the: 'ports'}]);
  });

  it('tells a refusal as problem details, with place and hint', async () => {
    const error = new PermanentError('RUN_ACTIVE', 'it still runs', {where: 'r1', hint: 'Wait.'});

    assert.deepEqual(await seen(() => Promise.reject(error)), {
      status: 409,
      type: 'application/problem+json',
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

  const statuses = {
    REQUEST_INVALID: 400,
    NO_SUCH_RUN: 404,
    OBJECT_NOT_FOUND: 404,
    METHOD_NOT_ALLOWED: 405,
    RUN_ACTIVE: 409,
    ANYTHING_ELSE: 422,
  };
  for (const [code, status] of Object.entries(statuses)) {
    it(`answers ${status} to ${code}`, async () => {
      assert.equal((await seen(() => Promise.reject(new PermanentError(code, 'no')))).status, status);
    });
  }

  for (const error of [new RetryableError('secret'), new TypeError('secret'), 'secret']) {
    it(`answers 503 to ${String(error)} and keeps the inside to itself`, async () => {
      const {status, body} = await seen(() => Promise.reject(error));

      assert.equal(status, 503);
      assert.equal(body.code, 'UNAVAILABLE');
      assert.doesNotMatch(JSON.stringify(body), /secret/);
    });
  }
});
