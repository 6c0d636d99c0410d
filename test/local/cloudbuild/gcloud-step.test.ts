import assert from 'node:assert/strict';
import {tmpdir} from 'node:os';
import {isGcloudStep, runGcloudStep} from '../../../local/cloudbuild/gcloud-step.ts';
import {type LocalStorage, startStorage} from '../storage/start-storage.ts';

const OBJECT = 'gs://admission/img-1/a1';

describe('a step of the gcloud builder', () => {
  let local: LocalStorage;
  let lines: string[];

  before(async () => {
    local = await startStorage();
    await local.storage.createBucket('admission');
  });

  beforeEach(() => {
    lines = [];
  });

  after(() => local.close());

  const stop = new AbortController();
  const run = (script: string, signal = stop.signal) =>
    runGcloudStep(
      {entrypoint: 'bash', args: ['-c', script]},
      {
        cwd: tmpdir(),
        env: {CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${local.origin}/`},
        log: (line) => lines.push(line),
        signal,
      },
    );

  it('is told by its image', () => {
    assert.equal(isGcloudStep({name: 'gcr.io/cloud-builders/gcloud'}), true);
    assert.equal(isGcloudStep({name: 'gcr.io/cloud-builders/gcloud:latest'}), true);
    assert.equal(isGcloudStep({name: 'gcr.io/cloud-builders/gcloud-slim'}), false);
    assert.equal(isGcloudStep({}), false);
  });

  it('creates an object once', async () => {
    const create = `gcloud storage cp --if-generation-match=0 - ${OBJECT}`;

    await run(`printf entered | ${create}`);
    await assert.rejects(run(`printf revoked | ${create}`), /step exited with non-zero status: 1/);

    assert.match(lines.join('\n'), /ERROR: HTTPError 412/);
    lines = [];
    await run(`gcloud storage cat ${OBJECT}`);
    assert.deepEqual(lines, ['entered']);
  });

  it('replaces an object without the condition', async () => {
    await run(
      'printf one | gcloud storage cp - gs://admission/x && printf two | gcloud storage cp - gs://admission/x',
    );
    await run('gcloud storage cat gs://admission/x');

    assert.deepEqual(lines, ['two']);
  });

  it('fails to print what is not there', async () => {
    await assert.rejects(run('gcloud storage cat gs://admission/none'), /status: 1/);

    assert.match(lines.join('\n'), /matched no objects or files/);
  });

  for (const command of [
    'storage ls gs://admission',
    'storage cp file gs://admission/x',
    'storage cat gs://admission',
    'storage cat --range=0-1 gs://admission/x',
    'builds list',
    '',
  ]) {
    it(`refuses "gcloud ${command}"`, async () => {
      await assert.rejects(run(`gcloud ${command}`), /status: 2/);

      assert.match(lines.join('\n'), /^ERROR: \(gcloud\)/);
    });
  }

  it('ends with its build', async () => {
    const ending = new AbortController();
    const running = run('echo begun; exec sleep 60', ending.signal);
    while (lines.length === 0) await new Promise(setImmediate);

    ending.abort();

    await assert.rejects(running);
  });

  for (const step of [
    {args: ['storage', 'cat', OBJECT]},
    {entrypoint: 'bash', args: ['script.sh']},
    {entrypoint: 'sh', args: ['-c', 'true']},
    {entrypoint: 'bash', args: ['-c', 'true', 'name']},
    {entrypoint: 'bash'},
  ]) {
    it(`refuses ${JSON.stringify(step)}`, async () => {
      const {signal} = stop;
      const options = {cwd: tmpdir(), env: {}, log: () => {}, signal};

      await assert.rejects(runGcloudStep(step, options), /with the entrypoint "bash"/);
    });
  }
});
