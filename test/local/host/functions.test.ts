import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {FastifyInstance} from 'fastify';
import {FunctionHost, functionRoutes} from '../../../local/host/functions.ts';
import {httpServer} from '../../../local/http.ts';
import {openState, type State} from '../../../local/state.ts';

const OPTIONS = {
  folder: join(import.meta.dirname, 'bundle'),
  names: ['hello', 'fragile'],
  env: (name: string) => ({MILLRACE_TEST: `of ${name}`}),
};

describe('the function host', () => {
  let folder: string;
  let state: State;
  let host: FunctionHost;
  let app: FastifyInstance;
  let url: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'functions-'));
    state = openState(folder);
    host = await FunctionHost.open(state, OPTIONS);
    app = httpServer();
    await app.register(functionRoutes(host));
    url = await app.listen({host: '127.0.0.1', port: 0});
  });

  afterEach(async () => {
    await app.close();
    await host.close();
    state.close();
    rmSync(folder, {recursive: true});
  });

  async function hello(): Promise<{pid: number; body: unknown; name: string; own: string}> {
    const headers = {'content-type': 'application/json'};
    const answer = await fetch(`${url}/functions/hello`, {method: 'POST', headers, body: '{"a":1}'});
    assert.equal(answer.status, 200);
    return (await answer.json()) as {pid: number; body: unknown; name: string; own: string};
  }

  it('starts a function with its first request and keeps it', async () => {
    const first = await hello();

    assert.deepEqual([first.body, first.name], [{a: 1}, 'hello']);
    assert.equal((await hello()).pid, first.pid);
  });

  it('gives a function the environment of its own', async () => {
    assert.equal((await hello()).own, 'of hello');
  });

  it('starts a function once for many requests at the same time', async () => {
    const answers = await Promise.all([hello(), hello(), hello()]);

    assert.equal(new Set(answers.map(({pid}) => pid)).size, 1);
  });

  it('answers for a function that nobody deployed that it is not there', async () => {
    const answer = await fetch(`${url}/functions/unknown`, {method: 'POST'});

    assert.equal(answer.status, 404);
  });

  it('answers 503 for a function that dies over a request', async () => {
    const answer = await fetch(`${url}/functions/fragile`, {method: 'POST'});

    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /function fragile ended before it answered/);
  });

  it('starts a killed function again', async () => {
    const {pid} = await hello();
    const {exited} = await host.instance('hello');
    process.kill(pid, 'SIGKILL');
    await exited;

    assert.notEqual((await hello()).pid, pid);
  });

  it('ends what an earlier host left running', async () => {
    await hello();
    const {exited} = await host.instance('hello');

    await FunctionHost.open(state, OPTIONS);

    await exited;
  });

  it('takes no requests after it was closed', async () => {
    await host.close();

    await assert.rejects(async () => host.instance('hello'), {status: 'UNAVAILABLE'});
  });
});
