import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {digits} from '../../cli/demo-pipeline.ts';
import {dropFile} from '../../cli/drop-file.ts';
import {followRun} from '../../cli/follow-run.ts';
import type {LocalProject} from '../../cli/local-project.ts';
import {pushPipeline} from '../../cli/push-pipeline.ts';
import {verify} from '../../cli/verify-split.ts';
import {readConfig} from '../../shared/config.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Run} from '../../shared/domain/run.ts';
import {servedBy} from '../../shared/domain/serving.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import {rerunClient} from '../../shared/gateways/rerun-client.ts';
import {platformOf} from '../../shared/platform-of.ts';
import type {Ports} from '../../shared/ports.ts';
import {readInstances} from '../../shared/read-instances.ts';
import {readManifest} from '../../shared/read-manifest.ts';
import {settle} from '../support/settle.ts';
import {pushTrainer} from './push-trainer.ts';

const INSTALLING_MS = 300_000;
const RUNNING_MS = 120_000;

/** Starts a whole project in a folder. Undefined when this machine lacks something for it. */
type StartProject = (folder: string) => Promise<LocalProject | undefined>;

/** Everything real: bundled functions in processes of their own, clients on the wire, a trainer that trains. */
export function wholePath(place: string, start: StartProject): void {
  describe(`the whole path on ${place}`, function () {
    this.timeout(RUNNING_MS);
    followPath(start);
  });
}

function followPath(start: StartProject): void {
  let folder: string;
  let project: LocalProject;
  let ports: Ports;
  const environment = {...process.env};

  before(async function () {
    this.timeout(INSTALLING_MS);
    folder = await mkdtemp(join(tmpdir(), 'millrace-'));
    const started = await start(join(folder, 'cloud'));
    if (started === undefined) return this.skip();
    project = started;
    Object.assign(process.env, project.env);
    ports = googleCloud(readConfig(process.env));
  });

  after(async () => {
    await project?.close();
    await rm(folder, {recursive: true});
    process.env = environment;
  });

  /** The ended run, and what was told about it on the way. */
  async function follow(runId: string): Promise<{run: Run; told: string[]}> {
    const told: string[] = [];
    const run = await followRun(runId, ports, ({text}) => told.push(text));
    return {run, told};
  }

  it('turns a dropped dataset into a model that answers', async function () {
    this.timeout(INSTALLING_MS);
    const {pipeline} = await pushPipeline(digits.folder, ports);
    const {runId} = await dropFile(digits.data, pipeline.name, ports);

    const {run, told} = await follow(runId);

    assert.equal(run.state, 'released', JSON.stringify(run.failure));
    assert.equal(told.filter((text) => text.startsWith('trial ')).length, pipeline.tune.maxTrials);
    const {instances, labels} = await readInstances(run, 100, ports);
    const {models} = platformOf(run, ports);
    const {predictions, version} = await models.predict(servedBy(pipeline).endpoint, instances);
    const right = predictions.filter((prediction, index) => prediction === labels[index]).length;
    assert.deepEqual([version, (await models.champion('digits'))?.runId], ['1', runId]);
    assert.ok(right > 85, `${right} of 100 right`);
  });

  it('has its build and both jobs watched by a workflow', async () => {
    const parent = 'v1/projects/millrace-local/locations/us-central1/workflows/watch-job/executions';
    const listed = await fetch(`${project.httpUrl}/${parent}?view=FULL`);

    const {executions} = (await listed.json()) as {executions: {state: string; argument: string}[]};
    assert.deepEqual(
      executions.map(({argument}) => JSON.parse(argument).kind),
      ['training', 'tuning', 'build'],
    );
    assert.ok(executions.every(({state}) => state === 'ACTIVE' || state === 'SUCCEEDED'));
  });

  it('has nothing left to repair, says the sweep that the scheduler calls', async () => {
    const identity = 'computeMetadata/v1/instance/service-accounts/default/identity';
    const query = `audience=${project.env.MILLRACE_AUDIENCE}&format=full`;
    const token = await fetch(`${project.httpUrl}/${identity}?${query}`, {
      headers: {'Metadata-Flavor': 'Google'},
    });
    const authorization = `Bearer ${await token.text()}`;

    const sweep = () =>
      fetch(`${project.httpUrl}/functions/sweep`, {method: 'POST', headers: {authorization}});
    // A run has ended a moment before its stage gives its permit back; the sweep may be faster.
    assert.equal((await sweep()).status, 200);

    const answer = await sweep();

    assert.equal(answer.status, 200, await answer.clone().text());
    const {listed, ...repairs} = (await answer.json()) as Record<string, number>;
    assert.ok(Number(listed) > 0);
    assert.deepEqual(
      Object.entries(repairs).filter(([, count]) => count !== 0),
      [],
    );
    const job = `v1/projects/millrace-local/locations/us-central1/jobs/sweep`;
    const {httpTarget} = (await (await fetch(`${project.httpUrl}/${job}`)).json()) as {
      httpTarget: {uri: string};
    };
    assert.equal(httpTarget.uri, `${project.httpUrl}/functions/sweep`);
  });

  it('makes one run of an event that is delivered again', async () => {
    const [run] = await ports.runs.list({pipeline: 'digits', limit: 1});
    assert.ok(run);
    const {bucket, name, generation} = run.input;
    const event = {
      'ce-id': 'again',
      'ce-source': `//storage.googleapis.com/projects/_/buckets/${bucket}`,
      'ce-type': 'google.cloud.storage.object.v1.finalized',
      'ce-specversion': '1.0',
      'ce-subject': `objects/${name}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({bucket, name, generation, metageneration: '1', size: '1'});

    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        fetch(`${project.httpUrl}/functions/receive-data`, {method: 'POST', headers: event, body}),
      ),
    );

    assert.deepEqual(
      answers.map(({status}) => status),
      [204, 204, 204],
    );
    assert.deepEqual(await ports.runs.list({pipeline: 'digits', limit: 10}), [run]);
  });

  it('makes a second run of the same name uploaded again, with the image of the first, and keeps its version', async () => {
    const {runId} = await dropFile(digits.data, 'digits', ports);

    const {run} = await follow(runId);

    assert.equal(run.state, 'rejected', JSON.stringify(run.failure));
    assert.equal(run.image?.reused, true);
    assert.match(run.release?.sentence ?? '', /^kept version 1: .* rows, p = 1, needed p < 0\.05$/);
    assert.equal((await ports.runs.list({pipeline: 'digits', limit: 10})).length, 2);
  });

  it('compares the second run with the first, and makes its split again byte for byte', async () => {
    const [second, first] = await ports.runs.list({pipeline: 'digits', limit: 2});
    assert.ok(second && first);

    const {identical, differences, manifest} = await verify(second.id, ports);

    assert.ok(identical, JSON.stringify(differences));
    const drift = (await readManifest(manifest, ports))?.drift;
    assert.equal(
      drift?.sentence,
      `Compared with run ${first.id}: The columns are what they were, and none has shifted.`,
    );
    assert.deepEqual(second.split?.warnings, first.split?.warnings);
  });

  it('rejects an event without CloudEvent headers and records why', async () => {
    const answer = await fetch(`${project.httpUrl}/functions/receive-data`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: '{"bucket":"b","name":"n"}',
    });

    assert.equal(answer.status, 204);
    const rejects = await ports.runs.listRejects(10);
    assert.ok(rejects.some(({complaint}) => complaint.code === 'ENVELOPE_INVALID'));
  });

  it("closes a run whose trainer exits with an error, with the trainer's own words", async () => {
    const entryPoint = ['sh', '-c', 'echo "the trainer is out of luck" >&2; exit 3'];
    await pushTrainer({name: 'exits', entryPoint}, folder, ports);
    const {runId} = await dropFile(digits.data, 'exits', ports);

    const {run} = await follow(runId);

    assert.equal(run.failure?.code, 'TUNING_FAILED');
    assert.match(run.failure?.message ?? '', /the trainer is out of luck/);
  });

  it('closes a run whose trainer reports no metric', async () => {
    await pushTrainer({name: 'silent', entryPoint: ['sh', '-c', 'exit 0']}, folder, ports);
    const {runId} = await dropFile(digits.data, 'silent', ports);

    const {run} = await follow(runId);

    assert.match(run.failure?.code ?? '', /^(NO_FEASIBLE_TRIAL|TUNING_FAILED)$/);
    assert.match(run.failure?.message ?? '', /accuracy/);
  });

  it('closes a run by the workflow when the attempts of a stage are used up', async () => {
    const input = {bucket: ports.buckets.data, name: 'digits/data/tired.csv', generation: '1', epoch: 0};
    const runId = runIdOf(input);
    const stage = 'split-data';
    await ports.runs.create({id: runId, pipeline: 'digits', input});
    for (const failures of [1, 2, 3, 4, 5, 6, 7]) {
      const ask = {runId, stage, failures, execution: `e${failures}`};
      await ports.retries.fail(runId, stage, 'the service is away');
      await ports.retries.claim(ask);
      await ports.retries.release(ask);
    }
    const failures = await ports.retries.fail(runId, stage, 'the service is still away');

    await ports.workflows.start('retry-stage', {run: runId, stage, failures}, `${runId}-${stage}-8`);

    const {run} = await follow(runId);
    assert.deepEqual([run.state, run.failure?.code], ['failed', 'ATTEMPTS_EXHAUSTED']);
    assert.match(run.failure?.message ?? '', /8 attempts.*still away/);
  });

  it('closes a run whose image cannot be built', async () => {
    await pushTrainer(
      {
        name: 'unbuildable',
        entryPoint: ['sh'],
        files: {Dockerfile: 'FROM python:3.12-slim\nRUN make everything\n'},
      },
      folder,
      ports,
    );
    const {runId} = await dropFile(digits.data, 'unbuildable', ports);

    const {run} = await follow(runId);

    assert.equal(run.failure?.code, 'BUILD_FAILED');
    assert.match(run.failure?.message ?? '', /make everything/);
  });

  it('closes a run whose data has no such label', async () => {
    const file = join(folder, 'other.csv');
    await writeFile(file, 'a,b\n1,2\n3,4\n');
    const {runId} = await dropFile(file, 'digits', ports);

    const {run} = await follow(runId);

    assert.equal(run.failure?.code, 'COLUMN_MISSING');
    assert.match(run.failure?.where ?? '', /other\.csv#\d+, line 1/);
  });

  it('lets an equal model replace the champion when no confidence is asked for', async () => {
    const runs = await ports.runs.list({pipeline: 'digits', limit: 10});
    const parent = runs.find(({state}) => state === 'rejected');
    const overrides = {gate: {beatChampion: {confidence: 0}}};
    const body = {action: 'rerun', run: parent?.id, from: 'release', overrides};

    const {run: runId} = await rerunClient(readConfig(process.env)).ask(body, 'judge-mildly');

    const {run} = await follow(runId);
    assert.equal(run.state, 'released', JSON.stringify(run.failure));
    assert.match(run.release?.sentence ?? '', /against .* of version 1 on the same \d+ rows$/);
    await settle(async () => {
      const {deployed} = await platformOf(run, ports).models.endpoint('digits');
      return deployed.map(({version}) => version).join() === '2' ? undefined : JSON.stringify(deployed);
    }, RUNNING_MS);
  });

  it('judges the trained model again when asked with an identity token, and does nothing without', async () => {
    const runs = await ports.runs.list({pipeline: 'digits', limit: 10});
    const parent = runs.find(({state}) => state === 'released');
    assert.ok(parent);
    const body = {
      action: 'rerun',
      run: parent.id,
      from: 'release',
      overrides: {gate: {minimum: {accuracy: 1}}},
    };
    const bare = await fetch(`${project.httpUrl}/functions/rerun`, {method: 'POST'});
    assert.equal(bare.status, 401);

    const {run: runId} = await rerunClient(readConfig(process.env)).ask(body, 'judge-again');

    const {run} = await follow(runId);
    assert.deepEqual([run.state, run.parent, run.from], ['rejected', parent.id, 'release']);
    assert.deepEqual(run.training, parent.training);
  });
}
