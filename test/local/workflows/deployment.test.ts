import assert from 'node:assert/strict';
import {PARENT, WorkflowsServer} from './support/workflows-server.ts';

const NAME = `${PARENT}/workflows/greet`;
const SOURCE = '- a: {return: hello}';

describe('Workflows API', () => {
  let server: WorkflowsServer;

  beforeEach(async () => {
    server = await WorkflowsServer.open();
  });
  afterEach(() => server.close());

  it('deploys a workflow by an operation', async () => {
    const {data: pending} = await server.workflows.workflows.create({
      parent: PARENT,
      workflowId: 'greet',
      requestBody: {sourceContents: SOURCE, labels: {team: 'ml'}},
    });
    const {data: done} = await server.workflows.operations.get({name: pending.name ?? ''});

    assert.equal(pending.done, false);
    assert.equal(done.done, true);
    assert.equal(done.response?.name, NAME);
    const {data} = await server.workflows.workflows.get({name: NAME});
    assert.equal(data.state, 'ACTIVE');
    assert.match(data.revisionId ?? '', /^000001-[0-9a-f]{3}$/);
    assert.equal(data.sourceContents, SOURCE);
  });

  it('fails the operation of a source that cannot be built', async () => {
    const {error} = await server.deploy('greet', '- step2: {return: "$' + '{varC}"}');

    assert.equal(error?.code, 3);
    assert.match(error?.message ?? '', /^failed to build: error in step step2: symbol 'varC' is neither/);
    await assert.rejects(server.workflows.workflows.get({name: NAME}), {status: 404});
  });

  it('makes a new revision when the source changes, and none for a description', async () => {
    await server.deploy('greet', SOURCE);
    const patch = (updateMask: string, requestBody: object) =>
      server.workflows.workflows.patch({name: NAME, updateMask, requestBody});
    await patch('description', {description: 'says hello'});
    const {data: first} = await server.workflows.workflows.get({name: NAME});
    await patch('serviceAccount,sourceContents', {sourceContents: '- a: {return: bye}'});
    const {data: second} = await server.workflows.workflows.get({name: NAME});

    assert.match(first.revisionId ?? '', /^000001-/);
    assert.equal(first.description, 'says hello');
    assert.match(second.revisionId ?? '', /^000002-/);
    assert.equal(second.description, 'says hello');
  });

  it('keeps the old revision when the new source cannot be built', async () => {
    await server.deploy('greet', SOURCE);
    const requestBody = {sourceContents: 'broken'};
    const {data} = await server.workflows.workflows.patch({name: NAME, requestBody});
    const operation = await server.workflows.operations.get({name: data.name ?? ''});

    assert.equal(operation.data.error?.code, 3);
    assert.equal((await server.workflows.workflows.get({name: NAME})).data.sourceContents, SOURCE);
  });

  it('lists by pages and deletes', async () => {
    await server.deploy('a', SOURCE);
    await server.deploy('b', SOURCE);
    const first = await server.workflows.workflows.list({parent: PARENT, pageSize: 1});
    const pageToken = first.data.nextPageToken ?? '';
    const second = await server.workflows.workflows.list({parent: PARENT, pageSize: 1, pageToken});
    await server.workflows.workflows.delete({name: `${PARENT}/workflows/a`});
    const rest = await server.workflows.workflows.list({parent: PARENT});

    assert.deepEqual(
      [first, second, rest].map(({data}) => data.workflows?.map(({name}) => name?.split('/').at(-1))),
      [['a'], ['b'], ['b']],
    );
  });

  it('knows the project by its number too', async () => {
    await server.deploy('greet', SOURCE);
    const name = NAME.replace('demo', '123456');

    assert.equal((await server.workflows.workflows.get({name})).data.name, NAME);
  });

  const refusals: readonly (readonly [string, number, () => Promise<unknown>])[] = [
    ['a second workflow of the same name', 409, () => server.deploy('greet', SOURCE)],
    ['a bad id', 400, () => server.deploy('9lives', SOURCE)],
    ['an unknown workflow', 404, () => server.workflows.workflows.get({name: `${PARENT}/workflows/none`})],
    [
      'to delete an unknown workflow',
      404,
      () => server.workflows.workflows.delete({name: `${PARENT}/workflows/none`}),
    ],
    [
      'an unknown operation',
      404,
      () => server.workflows.operations.get({name: `${PARENT}/operations/operation-1`}),
    ],
    ['another project', 403, () => server.workflows.workflows.get({name: NAME.replace('demo', 'other')})],
    [
      'an unknown field',
      400,
      () =>
        server.workflows.workflows.create({
          parent: PARENT,
          workflowId: 'x',
          requestBody: Object({sourceContents: SOURCE, source: 1}),
        }),
    ],
    [
      'an unknown field of the mask',
      400,
      () => server.workflows.workflows.patch({name: NAME, updateMask: 'sources', requestBody: {}}),
    ],
    [
      'a reserved variable',
      400,
      () =>
        server.workflows.workflows.create({
          parent: PARENT,
          workflowId: 'x',
          requestBody: {sourceContents: SOURCE, userEnvVars: {GOOGLE_X: '1'}},
        }),
    ],
  ];
  for (const [what, status, ask] of refusals) {
    it(`refuses ${what}`, async () => {
      await server.deploy('greet', SOURCE);

      await assert.rejects(ask(), {status});
    });
  }
});
