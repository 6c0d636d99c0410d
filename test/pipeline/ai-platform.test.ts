import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import {digits, onAiPlatform} from '../../cli/demo-pipeline.ts';
import {dropFile} from '../../cli/drop-file.ts';
import {followRun} from '../../cli/follow-run.ts';
import {type LocalProject, startLocalProject} from '../../cli/local-project.ts';
import {pushPipeline} from '../../cli/push-pipeline.ts';
import {readConfig} from '../../shared/config.ts';
import type {Run} from '../../shared/domain/run.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import {rerunClient} from '../../shared/gateways/rerun-client.ts';
import {platformOf} from '../../shared/platform-of.ts';
import type {Ports} from '../../shared/ports.ts';
import {readInstances} from '../../shared/read-instances.ts';
import {settle} from '../support/settle.ts';

const INSTALLING_MS = 300_000;
const RUNNING_MS = 120_000;

type Job = ml_v1.Schema$GoogleCloudMlV1__Job;
type Model = ml_v1.Schema$GoogleCloudMlV1__Model;
type Version = ml_v1.Schema$GoogleCloudMlV1__Version;

/** Everything real, as in whole-path.ts; asked in the words of the service that was. */
describe('the whole path on AI Platform', function () {
  this.timeout(RUNNING_MS);
  let folder: string;
  let project: LocalProject;
  let ports: Ports;
  let first: Run;
  const environment = {...process.env};

  before(async function () {
    this.timeout(INSTALLING_MS);
    folder = await mkdtemp(join(tmpdir(), 'millrace-'));
    project = await startLocalProject({folder: join(folder, 'cloud'), port: 0});
    Object.assign(process.env, project.env);
    ports = googleCloud(readConfig(process.env));
    const pipeline = await onAiPlatform(digits, folder);
    await pushPipeline(pipeline.folder, ports);
    first = await ended((await dropFile(pipeline.data, 'digits', ports)).runId);
  });

  after(async () => {
    await project?.close();
    await rm(folder, {recursive: true});
    process.env = environment;
  });

  async function ended(runId: string): Promise<Run> {
    return followRun(runId, ports);
  }

  async function ask<Answer>(path: string, body?: unknown): Promise<Answer> {
    const url = `${project.httpUrl}/v1/projects/millrace-local/${path}`;
    const headers = {'content-type': 'application/json'};
    const answer = await fetch(
      url,
      body === undefined ? {} : {method: 'POST', headers, body: JSON.stringify(body)},
    );
    return JSON.parse(await answer.text());
  }

  it('tunes, then trains again with what the best trial had', async () => {
    assert.equal(first.state, 'released', JSON.stringify(first.failure));
    const {jobs = []} = await ask<{jobs?: Job[]}>('jobs');
    const [training, tuning] = jobs;

    assert.deepEqual(
      jobs.map(({jobId}) => jobId),
      [`${first.id}_train_a1`, `${first.id}_tune_a1`],
    );
    const {args: tuningArgs = [], hyperparameters} = tuning?.trainingInput ?? {};
    assert.ok(tuningArgs?.includes('--hptune'));
    assert.deepEqual(
      hyperparameters?.params?.map(({parameterName}) => parameterName),
      ['alpha', 'max_iter'],
    );
    const best = tuning?.trainingOutput?.trials?.find(({trialId}) => trialId === first.tuning?.best?.id);
    const {alpha, max_iter} = best?.hyperparameters ?? {};
    const args = training?.trainingInput?.args ?? [];
    for (const flag of [`--alpha=${alpha}`, `--max_iter=${max_iter}`, '--nohptune'])
      assert.ok(args?.includes(flag), `${flag} of ${args}`);
  });

  it('makes a version that answers for its model', async () => {
    const {instances, labels} = await readInstances(first, 100, ports);
    const {defaultVersion} = await ask<Model>('models/digits');
    const version = await ask<Version>(`models/digits/versions/${first.release?.version}`);

    const {predictions} = await ask<{predictions: unknown[]}>('models/digits:predict', {instances});

    assert.equal(defaultVersion?.name, version.name);
    assert.deepEqual(
      [version.framework, version.runtimeVersion, version.pythonVersion, version.deploymentUri],
      ['SCIKIT_LEARN', '3.0', '3.12', first.training?.modelDir],
    );
    const right = predictions.filter((prediction, index) => String(prediction) === labels[index]).length;
    assert.ok(right > 85, `${right} of 100 right`);
    const check = await ask<{versions?: Version[]}>('models/digits_check/versions');
    assert.deepEqual(check.versions, []);
  });

  it('leaves Vertex AI alone', async () => {
    const {vertex} = ports.platforms;

    assert.deepEqual(await vertex.jobs.list({since: '1970-01-01T00:00:00Z'}), []);
    assert.equal(await vertex.models.champion('digits'), undefined);
  });

  it('gives a second version all requests, and the first no machine', async () => {
    const body = {
      action: 'rerun',
      run: first.id,
      from: 'train',
      overrides: {gate: {beatChampion: {confidence: 0}}},
    };

    const {run: runId} = await rerunClient(readConfig(process.env)).ask(body, 'train-again');
    const second = await ended(runId);

    assert.equal(second.state, 'released', JSON.stringify(second.failure));
    assert.match(second.release?.sentence ?? '', new RegExp(`version ${first.release?.version}\\b`));
    const {models} = platformOf(second, ports);
    assert.equal((await models.champion('digits'))?.runId, runId);
    await settle(async () => {
      const {deployed, traffic} = await models.endpoint('digits');
      const [only, ...others] = deployed;
      const isAlone = only?.version === second.release?.version && others.length === 0;
      return isAlone && traffic[only?.id ?? ''] === 100 ? undefined : JSON.stringify({deployed, traffic});
    }, RUNNING_MS);
  });

  it('answers with the first version again after a roll-back', async () => {
    const body = {action: 'rollback', run: first.id, reason: 'worse in the evening'};

    const {run: runId} = await rerunClient(readConfig(process.env)).ask(body, 'first-again');
    const back = await ended(runId);

    assert.equal(back.state, 'released', JSON.stringify(back.failure));
    const {defaultVersion} = await ask<Model>('models/digits');
    assert.equal(defaultVersion?.name?.split('/').at(-1), first.release?.version);
  });
});
