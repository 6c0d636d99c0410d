import assert from 'node:assert/strict';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {deployWorkflows} from '../../cli/deploy-workflows.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {PARENT, WorkflowsServer} from '../local/workflows/support/workflows-server.ts';

const ENV = {MILLRACE_AUDIENCE: 'the-audience', MILLRACE_RERUN_URL: 'http://rerun'};

describe('deployWorkflows', () => {
  let server: WorkflowsServer;

  beforeEach(async () => {
    server = await WorkflowsServer.open();
    await deployWorkflows(`${server.address}/v1`, PARENT, ENV);
  });
  afterEach(() => server.close());

  async function revisions() {
    const {data} = await server.workflows.workflows.list({parent: PARENT});
    return (data.workflows ?? []).map(({name, revisionId}) => [name?.split('/').at(-1), revisionId]);
  }

  it('deploys every workflow of the project with the variables it asks for', async () => {
    const files = await readdir(join(projectFolder, 'workflows'));
    const {data} = await server.workflows.workflows.get({name: `${PARENT}/workflows/retry-stage`});

    assert.deepEqual(
      (await revisions()).map(([name]) => `${name}.yaml`),
      files.toSorted(),
    );
    assert.deepEqual(data.userEnvVars, ENV);
  });

  it('leaves what is deployed as it is', async () => {
    const before = await revisions();

    await deployWorkflows(`${server.address}/v1`, PARENT, ENV);

    assert.deepEqual(await revisions(), before);
  });

  it('makes new revisions when a variable has another value', async () => {
    await deployWorkflows(`${server.address}/v1`, PARENT, {...ENV, MILLRACE_RERUN_URL: 'http://moved'});

    assert.ok((await revisions()).every(([, revision]) => revision?.startsWith('000002-')));
  });

  it('says why it could not deploy', async () => {
    await assert.rejects(
      deployWorkflows(`${server.address}/v1`, 'projects/other/locations/us-central1', ENV),
      /Permission denied on resource project other/,
    );
  });
});
