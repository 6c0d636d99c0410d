import assert from 'node:assert/strict';
import {WorkflowsServer} from './support/workflows-server.ts';

const ASKING = `
  - create: {call: events.create_callback_endpoint, args: {http_callback_method: POST}, result: callback}
  - tell: {call: sys.log, args: {text: "\${callback.url}"}}
  - wait: {call: events.await_callback, args: {callback: "\${callback}", timeout: 60}, result: first}
  - done: {return: "\${first.http_request}"}`;

describe('callbacks of a workflow', () => {
  let server: WorkflowsServer;

  beforeEach(async () => {
    server = await WorkflowsServer.open();
    await server.deploy('asking', ASKING);
  });
  afterEach(() => server.close());

  /** Starts an execution and gives its name and the URL it has told. */
  async function asked(workflowId = 'asking'): Promise<{name: string; url: string}> {
    const {name} = await server.execute(workflowId);
    const url = String(server.logs.at(-1)?.textPayload);
    return {name: name ?? '', url};
  }

  /** The URL on the server as it is now; a restart has given it another port. */
  function now(url: string): string {
    return server.address + new URL(url).pathname;
  }

  function posted(url: string, body: unknown): Promise<Response> {
    const headers = {'content-type': 'application/json'};
    return fetch(url, {method: 'POST', headers, body: JSON.stringify(body)});
  }

  it('gives the workflow the request that came', async () => {
    const {name, url} = await asked();
    const answer = await posted(`${url}?by=me`, {approved: true, rank: 7});
    const {state, result} = await server.ended(name);

    assert.equal(answer.status, 200);
    assert.equal(state, 'SUCCEEDED');
    const {headers, url: path, ...rest} = JSON.parse(result ?? '');
    assert.deepEqual(rest, {body: {approved: true, rank: 7}, method: 'POST', query: {by: 'me'}});
    assert.equal(headers['Content-Type'], 'application/json');
    assert.equal(path, `${new URL(url).pathname}?by=me`);
  });

  it('raises TimeoutError when nobody calls in time', async () => {
    const {name} = await asked();
    const {state, error, duration} = await server.ended(name);

    assert.equal(state, 'FAILED');
    assert.match(error?.payload ?? '', /"tags":\["TimeoutError"\]/);
    assert.equal(duration, '60s');
  });

  it('waits on after a restart, and knows what came before nobody waited', async () => {
    await server.deploy(
      'late',
      ASKING.replace('- wait:', '- nap: {call: sys.sleep, args: {seconds: 9}}\n  - wait:'),
    );
    const {name, url} = await asked('late');
    await posted(url, 'early');
    await server.restart();
    const {result} = await server.ended(name);

    assert.equal(JSON.parse(result ?? '').body, 'early');
  });

  it('takes a call that comes after a restart', async () => {
    const {name, url} = await asked();
    await server.restart();
    await posted(now(url), 'late');
    const {result} = await server.ended(name);

    assert.equal(JSON.parse(result ?? '').body, 'late');
  });

  it('answers each wait with a request of its own, in the order in which they came', async () => {
    const twice = `
      - create: {call: events.create_callback_endpoint, result: callback}
      - tell: {call: sys.log, args: {text: "\${callback.url}"}}
      - one: {call: events.await_callback, args: {callback: "\${callback}"}, result: first}
      - two: {call: events.await_callback, args: {callback: "\${callback}"}, result: second}
      - done: {return: "\${[first.http_request.body, second.http_request.body]}"}`;
    await server.deploy('twice', twice);
    const {name, url} = await asked('twice');
    await posted(url, 1);
    await server.restart();
    await posted(now(url), 2);
    const {result} = await server.ended(name);

    assert.equal(result, '[1,2]');
  });

  it('refuses another method than the endpoint is for', async () => {
    const {url} = await asked();

    const answer = await fetch(url);

    assert.equal(answer.status, 405);
    const {error} = (await answer.json()) as {error: {status: string; message: string}};
    assert.equal(error.status, 'INVALID_ARGUMENT');
    assert.match(error.message, /takes POST, not GET/);
  });

  it('is gone with its execution, and unknown under any other name', async () => {
    const {name, url} = await asked();
    await posted(url, 1);
    await server.ended(name);

    for (const gone of [url, `${url}0`]) assert.equal((await posted(gone, 2)).status, 404);
  });

  for (const [title, step, message] of [
    [
      'a method that HTTP has not',
      '{call: events.create_callback_endpoint, args: {http_callback_method: TELL}}',
      /ValueError.*TELL/,
    ],
    [
      'the endpoint of nobody',
      '{call: events.await_callback, args: {callback: {url: "http://elsewhere"}}}',
      /ValueError.*no callback endpoint/,
    ],
    [
      'a callback that is no map',
      '{call: events.await_callback, args: {callback: "http://elsewhere"}}',
      /TypeError.*expecting map/,
    ],
    [
      'a negative time-out',
      '{call: events.await_callback, args: {callback: {url: "u"}, timeout: -1}}',
      /ValueError.*-1 is no timeout/,
    ],
  ] as const) {
    it(`refuses ${title}`, async () => {
      await server.deploy('wrong', `- only: ${step}`);
      const {name} = await server.execute('wrong');
      const {error} = await server.ended(name);

      assert.match(error?.payload ?? '', message);
    });
  }

  it('are not called inside an expression', async () => {
    const {error} = await server.deploy(
      'inside',
      `- only: {return: "\${events.create_callback_endpoint()}"}`,
    );

    assert.match(error?.message ?? '', /blocking call/);
  });
});
