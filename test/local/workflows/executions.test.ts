import assert from 'node:assert/strict';
import {PARENT, WorkflowsServer} from './support/workflows-server.ts';

const WAITING = `
  main:
    params: [input]
    steps:
      - first: {call: http.post, args: {url: "http://service/first", body: "\${input}"}, result: answer}
      - wait: {call: sys.sleep, args: {seconds: 3600}}
      - second: {call: http.post, args: {url: "http://service/second"}}
      - done: {return: "\${answer.body}"}`;

describe('Workflow Executions API', () => {
  let server: WorkflowsServer;
  let asked: string[];

  beforeEach(async () => {
    server = await WorkflowsServer.open();
    asked = [];
    server.fetch = async (url, init) => {
      asked.push(new URL(String(url)).pathname);
      return new Response(String(init?.body ?? 'null'), {headers: {'content-type': 'application/json'}});
    };
    await server.deploy('waiting', WAITING);
  });
  afterEach(() => server.close());

  it('runs a workflow with its argument and keeps the result', async () => {
    const created = await server.execute('waiting', {argument: '{"run": "r1"}', labels: {run: 'r1'}});
    const ended = await server.ended(created.name);

    assert.equal(created.state, 'ACTIVE');
    assert.match(created.name ?? '', /executions\/[0-9a-f-]{36}$/);
    assert.equal(ended.state, 'SUCCEEDED');
    assert.equal(ended.result, '{"run":"r1"}');
    assert.equal(ended.argument, '{"run": "r1"}');
    assert.equal(ended.duration, '3600s');
    assert.deepEqual(ended.labels, {run: 'r1'});
    assert.match(ended.workflowRevisionId ?? '', /^000001-/);
  });

  it('keeps the error with its place', async () => {
    await server.deploy('failing', '- boom:\n    raise: {code: 7, message: too hot}');
    const {name} = await server.execute('failing');
    const {state, error} = await server.ended(name);

    assert.equal(state, 'FAILED');
    assert.equal(error?.payload, '{"code":7,"message":"too hot"}');
    assert.equal(error?.context, 'too hot\nin step "boom", routine "main", line: 1');
    assert.deepEqual(error?.stackTrace?.elements, [
      {step: 'boom', routine: 'main', position: {line: '1', column: '3'}},
    ]);
  });

  it('shows a raised string as JSON text', async () => {
    await server.deploy('failing', '- a: {raise: boom}');
    const {name} = await server.execute('failing');
    const {error} = await server.ended(name);

    assert.equal(error?.payload, '"boom"');
    assert.match(error?.context ?? '', /^RuntimeError: "boom"\nin step "a"/);
  });

  it('goes on after a restart without repeating what was answered', async () => {
    const {name} = await server.execute('waiting', {argument: '{"n": 1}'});
    while (asked.length === 0) await server.executions.get({name: name ?? ''});
    await server.restart();
    await server.restart();
    const ended = await server.ended(name);

    assert.equal(ended.result, '{"n":1}');
    assert.deepEqual(asked, ['/first', '/second']);
  });

  it('keeps an execution on the revision it began with', async () => {
    const {name} = await server.execute('waiting', {argument: '1'});
    await server.workflows.workflows.patch({
      name: `${PARENT}/workflows/waiting`,
      requestBody: {sourceContents: '- a: {return: new}'},
    });
    await server.restart();

    assert.equal((await server.ended(name)).result, '1');
    assert.equal((await server.ended((await server.execute('waiting')).name)).result, '"new"');
  });

  it('cancels, and stays so after a restart', async () => {
    const {name} = await server.execute('waiting');
    const {data} = await server.executions.cancel({name: name ?? ''});
    await server.restart();
    server.clock.advance();

    assert.equal(data.state, 'CANCELLED');
    assert.equal((await server.ended(name)).state, 'CANCELLED');
    assert.ok(!asked.includes('/second'));
    await assert.rejects(server.executions.cancel({name: name ?? ''}), {status: 400});
  });

  it('lists newest first, by label, state and page', async () => {
    const names: (string | null | undefined)[] = [];
    for (const run of ['a', 'b', 'b']) names.push((await server.execute('waiting', {labels: {run}})).name);
    await server.executions.cancel({name: names[2] ?? ''});
    const parent = `${PARENT}/workflows/waiting`;
    const list = async (query: object) => {
      const {data} = await server.executions.list({parent, ...query});
      return data.executions?.map(({name}) => names.indexOf(name));
    };

    assert.deepEqual(await list({}), [2, 1, 0]);
    assert.deepEqual(await list({filter: 'labels.run="b"'}), [2, 1]);
    assert.deepEqual(await list({filter: 'label.run="b" AND state="ACTIVE"'}), [1]);
    assert.deepEqual(await list({filter: 'state!="ACTIVE"'}), [2]);
    assert.deepEqual(await list({filter: 'startTime>"2030-01-01T00:00:00Z"'}), []);
    const {data} = await server.executions.list({parent, pageSize: 2});
    assert.deepEqual(await list({pageSize: 2, pageToken: data.nextPageToken}), [0]);
  });

  it('lists basic fields unless asked for all', async () => {
    await server.execute('waiting', {argument: '5', labels: {run: 'a'}});
    const parent = `${PARENT}/workflows/waiting`;
    const basic = await server.executions.list({parent});
    const full = await server.executions.list({parent, view: 'FULL'});

    assert.equal(basic.data.executions?.[0]?.argument, undefined);
    assert.equal(full.data.executions?.[0]?.argument, '5');
  });

  it('shows the steps under way and the history of all steps', async () => {
    const {name} = await server.execute('waiting');
    const parent = name ?? '';
    while (asked.length === 0) await server.executions.get({name: parent});
    const {data: under} = await server.executions.get({name: parent});
    await server.restart();
    await server.ended(name);
    const {data} = await server.executions.stepEntries.list({parent, pageSize: 3});

    assert.deepEqual(under.status?.currentSteps, [{routine: 'main', step: 'wait'}]);
    assert.equal(data.totalSize, 4);
    assert.deepEqual(
      data.stepEntries?.map(({step, stepType, state}) => [step, stepType, state]),
      ['first', 'wait', 'second'].map((step) => [step, 'STEP_STD_LIB_CALL', 'STATE_SUCCEEDED']),
    );
    const entry = await server.executions.stepEntries.get({name: `${parent}/stepEntries/4`});
    assert.equal(entry.data.stepType, 'STEP_RETURN');
  });

  it('shows what a failed step raised, and marks cancelled ones', async () => {
    await server.deploy('failing', '- a: {raise: boom}');
    const failed = await server.ended((await server.execute('failing')).name);
    const waiting = await server.execute('waiting');
    await server.executions.cancel({name: waiting.name ?? ''});
    const entriesOf = async (parent: string | null | undefined) =>
      (await server.executions.stepEntries.list({parent: parent ?? ''})).data.stepEntries;

    const [{state, exception} = assert.fail()] = (await entriesOf(failed.name)) ?? [];
    assert.equal(state, 'STATE_FAILED');
    assert.deepEqual(exception, {payload: '"boom"'});
    assert.equal((await entriesOf(waiting.name))?.at(-1)?.state, 'STATE_CANCELLED');
  });

  it('tells a workflow who and where it is', async () => {
    const variable = (name: string) => `"\${sys.get_env(\\"${name}\\")}"`;
    const names = ['PROJECT_ID', 'PROJECT_NUMBER', 'LOCATION', 'WORKFLOW_ID', 'WORKFLOW_EXECUTION_ID'];
    const sourceContents = `- a: {return: [${names.map((name) => variable(`GOOGLE_CLOUD_${name}`))}, ${variable('HOME_URL')}]}`;
    const requestBody = {sourceContents, userEnvVars: {HOME_URL: 'http://home'}};
    await server.workflows.workflows.create({parent: PARENT, workflowId: 'env', requestBody});
    const {name} = await server.execute('env');

    assert.deepEqual(JSON.parse((await server.ended(name)).result ?? ''), [
      'demo',
      '123456',
      'us-central1',
      'env',
      name?.split('/').at(-1),
      'http://home',
    ]);
  });

  it('sends what sys.log writes to Cloud Logging', async () => {
    await server.deploy('logging', '- a: {call: sys.log, args: {data: {run: r1}, severity: WARNING}}');
    await server.ended((await server.execute('logging')).name);

    const [{severity, jsonPayload, resource} = assert.fail()] = server.logs;
    assert.equal(severity, 'WARNING');
    assert.deepEqual(jsonPayload, {run: 'r1'});
    assert.equal(resource?.labels?.workflow_id, 'logging');
  });

  it('inherits the labels of the workflow', async () => {
    const requestBody = {sourceContents: '- a: {return: 1}', labels: {team: 'ml', run: 'none'}};
    await server.workflows.workflows.create({parent: PARENT, workflowId: 'labelled', requestBody});

    assert.deepEqual((await server.execute('labelled', {labels: {run: 'r1'}})).labels, {
      team: 'ml',
      run: 'r1',
    });
  });

  const refusals: readonly (readonly [string, number, () => Promise<unknown>])[] = [
    ['an unknown workflow', 404, () => server.execute('none')],
    ['an argument that is no JSON', 400, () => server.execute('waiting', {argument: '{'})],
    [
      'an argument over 32 KB',
      400,
      () => server.execute('waiting', {argument: `"${'x'.repeat(32 * 1024)}"`}),
    ],
    ['a label that is none', 400, () => server.execute('waiting', {labels: {Run: 'a'}})],
    ['an unknown field', 400, () => server.execute('waiting', Object({arguments: '{}'}))],
    [
      'an unknown execution',
      404,
      () => server.executions.get({name: `${PARENT}/workflows/waiting/executions/1`}),
    ],
    [
      'to cancel an unknown execution',
      404,
      () => server.executions.cancel({name: `${PARENT}/workflows/waiting/executions/1`}),
    ],
    [
      'an unknown filter',
      400,
      () => server.executions.list({parent: `${PARENT}/workflows/waiting`, filter: 'colour="red"'}),
    ],
    [
      'to list those of an unknown workflow',
      404,
      () => server.executions.list({parent: `${PARENT}/workflows/none`}),
    ],
    [
      'an unknown view',
      400,
      () => server.executions.list({parent: `${PARENT}/workflows/waiting`, view: 'SHORT'}),
    ],
    [
      'an unknown step entry',
      404,
      () =>
        server.executions.stepEntries.get({name: `${PARENT}/workflows/waiting/executions/1/stepEntries/1`}),
    ],
  ];
  for (const [what, status, ask] of refusals) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(ask(), {status});
    });
  }
});
