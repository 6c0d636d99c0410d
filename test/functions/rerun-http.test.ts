import assert from 'node:assert/strict';
import {once} from 'node:events';
import {request, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {gzipSync} from 'node:zlib';
import pino from 'pino';
import {rerun} from '../../functions/rerun.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import {PermanentError} from '../../shared/errors.ts';
import {handleHttp, MAX_REQUEST_BYTES} from '../../shared/handle-http.ts';
import type {Identity} from '../../shared/request-ports.ts';
import {type Asked, ask as askServer, type Seen} from '../support/http-client.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {SECRET_EXAMPLES} from '../support/secret-examples.ts';
import {serveHttpFunction} from '../support/serve-function.ts';
import {played, runOf, STEPS} from '../support/story.ts';

const UNKNOWN = `r${'0'.repeat(26)}`;

/** Knows callers by their bare names; how tokens are judged is a test of its own. */
const identity: Identity = {
  async caller(authorization) {
    if (authorization === 'Bearer stranger') throw new PermanentError('CALLER_REFUSED', 'no');
    const [, name] = /^Bearer (jo|sam)$/.exec(authorization ?? '') ?? [];
    if (name === undefined) throw new PermanentError('TOKEN_INVALID', 'no');
    return `${name}@the-project.example`;
  },
};

describe('the function rerun, served', () => {
  let world: World;
  let runId: string;
  let server: Server;
  let keys = 0;

  beforeEach(async () => {
    ({world, runId} = await played(STEPS.length));
    world.messages.length = 0;
    const listener = handleHttp(rerun, memoryPorts(world), {identity, log: pino({level: 'silent'})});
    server = await serveHttpFunction(listener, MAX_REQUEST_BYTES);
  });

  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  function ask({headers, ...asked}: Asked = {}): Promise<Seen> {
    const defaults = {
      authorization: 'Bearer jo',
      'content-type': 'application/json',
      'idempotency-key': `key-${keys++}`,
    };
    return askServer(server, {...asked, headers: {...defaults, ...headers}});
  }

  const again = (more: object = {}) => ({action: 'rerun', run: runId, ...more});

  const refusals: [string, () => Asked, number, string | undefined][] = [
    ['no Authorization', () => ({headers: {authorization: undefined}, body: again()}), 401, 'TOKEN_INVALID'],
    [
      'a token that is none',
      () => ({headers: {authorization: 'Bearer x.y.z'}, body: again()}),
      401,
      'TOKEN_INVALID',
    ],
    [
      'a stranger',
      () => ({headers: {authorization: 'Bearer stranger'}, body: again()}),
      403,
      'CALLER_REFUSED',
    ],
    [
      'no Idempotency-Key',
      () => ({headers: {'idempotency-key': undefined}, body: again()}),
      400,
      'IDEMPOTENCY_KEY_REQUIRED',
    ],
    [
      'a key of 300 characters',
      () => ({headers: {'idempotency-key': 'k'.repeat(300)}, body: again()}),
      400,
      'REQUEST_INVALID',
    ],
    ['an empty key', () => ({headers: {'idempotency-key': ''}, body: again()}), 400, 'REQUEST_INVALID'],
    [
      'a key with a control character',
      () => ({headers: {'idempotency-key': 'a\tb'}, body: again()}),
      400,
      'REQUEST_INVALID',
    ],
    ['an unknown run', () => ({body: again({run: UNKNOWN})}), 404, 'NO_SUCH_RUN'],
    ['a run id that is none', () => ({body: again({run: 'r0'})}), 400, 'REQUEST_INVALID'],
    ['a run id that is a path', () => ({body: again({run: `../${UNKNOWN}`})}), 400, 'REQUEST_INVALID'],
    ['a run id of 1 MB', () => ({body: again({run: 'r'.repeat(1_000_000)})}), 413, 'BODY_TOO_LARGE'],
    ['from __proto__', () => ({body: again({from: '__proto__'})}), 400, 'REQUEST_INVALID'],
    ['from a state that is no stage', () => ({body: again({from: 'served'})}), 400, 'REQUEST_INVALID'],
    ['the action __proto__', () => ({body: {action: '__proto__'}}), 400, 'REQUEST_INVALID'],
    ['the action constructor', () => ({body: {action: 'constructor'}}), 400, 'REQUEST_INVALID'],
    [
      'overrides that change every object',
      () => ({body: `{"action":"rerun","run":"${runId}","overrides":{"split":{"__proto__":{"buckets":7}}}}`}),
      400,
      'REQUEST_INVALID',
    ],
    [
      'lists without end',
      () => ({
        body: `{"action":"rerun","run":"${runId}","overrides":${'['.repeat(8_000)}${']'.repeat(8_000)}}`,
      }),
      400,
      'REQUEST_INVALID',
    ],
    ['a name that moves the cursor', () => ({body: again({'\u001b[2J': 1})}), 400, 'REQUEST_INVALID'],
    [
      'a machine that nobody has allowed',
      () => ({body: again({overrides: {train: {machineType: 'a3-megagpu-8g'}}})}),
      422,
      'MACHINE_NOT_ALLOWED',
    ],
    [
      'a key of an API in the overrides',
      () => ({body: again({overrides: {split: {salt: SECRET_EXAMPLES['an API key of Google']}}})}),
      422,
      'SECRET_IN_CONFIG',
    ],
    ['a body that is not JSON', () => ({body: '{"action":'}), 400, 'REQUEST_INVALID'],
    [
      'an action that is said twice',
      () => ({body: `{"action":"cancel","action":"rerun","run":"${runId}"}`}),
      400,
      'REQUEST_INVALID',
    ],
    ['no body', () => ({body: ''}), 400, 'REQUEST_INVALID'],
    ['a list', () => ({body: []}), 400, 'REQUEST_INVALID'],
    ['text', () => ({headers: {'content-type': 'text/plain'}, body: again()}), 415, 'MEDIA_TYPE'],
    [
      'a form',
      () => ({headers: {'content-type': 'application/x-www-form-urlencoded'}, body: 'action=rerun'}),
      415,
      'MEDIA_TYPE',
    ],
    [
      'a gzip body',
      () => ({headers: {'content-encoding': 'gzip'}, body: gzipSync(JSON.stringify(again()))}),
      415,
      'MEDIA_TYPE',
    ],
    [
      'a body of 17 KiB',
      () => ({body: again({overrides: {gate: 'x'.repeat(17 * 1024)}})}),
      413,
      'BODY_TOO_LARGE',
    ],
    ['a query', () => ({path: '/?force=true', body: again()}), 400, 'REQUEST_INVALID'],
    [
      'a parameter twice',
      () => ({method: 'GET', path: `/?run=${UNKNOWN}&run=${UNKNOWN}`}),
      400,
      'REQUEST_INVALID',
    ],
    ['a nested parameter', () => ({path: '/?a[__proto__][x]=1', body: again()}), 400, 'REQUEST_INVALID'],
    ['an unknown field', () => ({body: again({epoch: 7})}), 400, 'REQUEST_INVALID'],
    ['PUT', () => ({method: 'PUT', body: again()}), 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', () => ({method: 'DELETE'}), 405, 'METHOD_NOT_ALLOWED'],
    ['TRACE', () => ({method: 'TRACE'}), 405, 'METHOD_NOT_ALLOWED'],
    ['HEAD', () => ({method: 'HEAD'}), 405, undefined],
    [
      'a method in a header',
      () => ({method: 'PUT', headers: {'x-http-method-override': 'POST'}, body: again()}),
      405,
      'METHOD_NOT_ALLOWED',
    ],
  ];
  for (const [what, asked, status, code] of refusals) {
    it(`answers ${status} to ${what}, and does nothing`, async () => {
      const seen = await ask(asked());

      assert.deepEqual([seen.status, seen.body.code], [status, code], seen.text);
      assert.ok(!seen.text.includes(SECRET_EXAMPLES['an API key of Google']));
      if (code !== undefined)
        assert.equal(seen.headers['content-type'], 'application/problem+json; charset=utf-8');
      if (status === 405) assert.equal(seen.headers.allow, 'GET, POST');
      assert.deepEqual([world.runs.size, world.messages.length], [1, 0]);
    });
  }

  it('makes one run of one key in twenty requests at the same time, and answers all the same', async () => {
    const asked = {headers: {'idempotency-key': 'the-key'}, body: again()};

    const answers = await Promise.all(Array.from({length: 20}, () => ask(asked)));

    assert.deepEqual(new Set(answers.map(({status}) => status)), new Set([202]));
    assert.equal(new Set(answers.map(({text}) => text)).size, 1);
    assert.equal(answers.filter(({headers}) => headers['idempotent-replayed'] === 'false').length, 1);
    assert.equal(world.runs.size, 2);
  });

  it('makes a run for each caller who uses the same key', async () => {
    const headers = {'idempotency-key': 'the-key'};
    const first = await ask({headers, body: again()});
    const second = await ask({headers: {...headers, authorization: 'Bearer sam'}, body: again()});

    assert.notEqual(first.body.run, second.body.run);
  });

  it('answers 422 to a key that was used for another request', async () => {
    const headers = {'idempotency-key': 'the-key'};
    await ask({headers, body: again()});

    const {status, body} = await ask({headers, body: again({from: 'tune'})});

    assert.deepEqual([status, body.code, world.runs.size], [422, 'KEY_REUSED', 2]);
  });

  it('answers 409 while the run has not ended', async () => {
    world.runs.set(runId, {...runOf(world, runId), state: 'tuning'});

    const {status, body} = await ask({body: again()});

    assert.deepEqual([status, body.code, world.runs.size], [409, 'RUN_ACTIVE', 1]);
  });

  it('answers 409 when what the stage needs was not left', async () => {
    const {training: _, ...run} = runOf(world, runId);
    world.runs.set(runId, run);

    const {status, body} = await ask({body: again({from: 'release'})});

    assert.deepEqual([status, body.code, world.runs.size], [409, 'STAGE_INPUT_MISSING', 1]);
  });

  it('answers 429 to the eleventh request of one caller in a minute, and not to another caller', async () => {
    for (let request = 0; request < 10; request++) await ask({body: again({run: UNKNOWN})});

    const {status, headers, body} = await ask({body: again()});

    assert.deepEqual([status, body.code, headers['retry-after']], [429, 'RATE_LIMITED', '60']);
    assert.equal((await ask({headers: {authorization: 'Bearer sam'}, body: again()})).status, 202);
    world.nowMs += 60_000;
    assert.equal((await ask({body: again()})).status, 202);
  });

  it('answers 429 to the fourth rerun of one drop in a day', async () => {
    for (let time = 0; time < 3; time++) {
      world.nowMs += 60_000;
      assert.equal((await ask({body: again()})).status, 202);
    }

    const {status, headers, body} = await ask({body: again()});

    assert.deepEqual([status, body.code], [429, 'RERUN_LIMIT']);
    assert.equal(Number(headers['retry-after']), 24 * 3600 - 120);
    world.nowMs += 24 * 3_600_000;
    assert.equal((await ask({body: again()})).status, 202);
  });

  it('heeds no Host and no forwarded address', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'evil.example',
    };

    const {status, text: read} = await ask({headers, body: again()});

    assert.equal(status, 202);
    assert.doesNotMatch(read, /evil/);
  });

  it('does nothing before the whole body is there', async () => {
    const {port} = server.address() as AddressInfo;
    const headers = {authorization: 'Bearer jo', 'content-type': 'application/json', 'content-length': '99'};
    const call = request({host: '127.0.0.1', port, method: 'POST', headers});
    call.on('error', () => {});
    call.write('{');
    await once(server, 'connection');

    await ask({method: 'GET', path: `/?run=${runId}`});

    assert.deepEqual([world.runs.size, world.asked.keys.size], [1, 0]);
    call.destroy();
  });

  it('makes two runs of two keys at the same time', async () => {
    const {input} = runOf(world, runId);

    const answers = await Promise.all([ask({body: again()}), ask({body: again()})]);

    assert.deepEqual(
      new Set(answers.map(({body}) => body.run)),
      new Set([1, 2].map((epoch) => runIdOf({...input, epoch}))),
    );
    assert.equal(world.runs.size, 3);
  });
});
