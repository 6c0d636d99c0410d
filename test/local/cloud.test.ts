import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {create} from 'tar';
import {type Cloud, startCloud} from '../../local/cloud.ts';
import {openState} from '../../local/state.ts';
import {settle} from '../support/settle.ts';

const PROJECT = {id: 'the-project', number: '7'};
const PARENT = `v1/projects/${PROJECT.id}/locations/us-central1`;
const IMAGE = 'us-central1-docker.pkg.dev/the-project/ml/trainer:1';
const LIMIT_MS = 10_000;

describe('a cloud started on what a killed one left under way', function () {
  this.timeout(4 * LIMIT_MS);
  let folder: string;
  let cloud: Cloud;
  let build: string;
  let job: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloud-'));
    await start();
    build = await createBuild();
    await reaches(build, 'status', 'SUCCESS');
    job = await createJob();
    await reaches(job, 'state', 'JOB_STATE_SUCCEEDED');
    await cloud.close();
    resumeAt('cloudbuild.builds', build.split('/').at(-1) ?? '', {status: 'WORKING'});
    resumeAt('vertex.customJobs', job.slice('v1/'.length), {state: 'JOB_STATE_RUNNING'});
    await start();
  });

  after(async () => {
    await cloud.close();
    await rm(folder, {recursive: true});
  });

  it('tells the container of a resumed job its own address', async () => {
    await reaches(job, 'state', 'JOB_STATE_SUCCEEDED');

    const told = (await readFile(join(folder, 'told'), 'utf8')).trim().split('\n');
    assert.deepEqual(told.slice(1), [`${cloud.httpUrl} ${cloud.grpcAddress} ${new URL(cloud.httpUrl).host}`]);
  });

  it('fetches the source of a resumed build from itself', () => reaches(build, 'status', 'SUCCESS'));

  async function start(): Promise<void> {
    const state = join(folder, 'state');
    cloud = await startCloud({
      folder: state,
      project: PROJECT,
      region: 'us-central1',
      httpPort: 0,
      grpcPort: 0,
    });
  }

  async function createBuild(): Promise<string> {
    await writeFile(
      join(folder, 'Dockerfile'),
      `FROM alpine\nENTRYPOINT ["sh", "-c", "echo $STORAGE_EMULATOR_HOST $PUBSUB_EMULATOR_HOST $GCE_METADATA_HOST >> ${folder}/told"]\n`,
    );
    const source = await buffer(create({gzip: true, cwd: folder}, ['Dockerfile']));
    await post(`storage/v1/b?project=${PROJECT.id}`, {name: 'sources'});
    await post('upload/storage/v1/b/sources/o?uploadType=media&name=trainer.tar.gz', source);
    await post(`${PARENT}/repositories?repositoryId=ml`, {format: 'DOCKER'});
    const {metadata} = await post<{metadata: {build: {name: string}}}>(`${PARENT}/builds`, {
      source: {storageSource: {bucket: 'sources', object: 'trainer.tar.gz'}},
      steps: [{name: 'gcr.io/cloud-builders/docker', args: ['build', '-t', IMAGE, '.']}],
      images: [IMAGE],
    });
    return `v1/${metadata.build.name}`;
  }

  async function createJob(): Promise<string> {
    const pool = {
      machineSpec: {machineType: 'n1-standard-4'},
      replicaCount: '1',
      containerSpec: {imageUri: IMAGE},
    };
    const {name} = await post<{name: string}>(`${PARENT}/customJobs`, {
      displayName: 'job',
      jobSpec: {workerPoolSpecs: [pool]},
    });
    return `v1/${name}`;
  }

  /** As a kill leaves it just before its end. */
  function resumeAt(collection: string, key: string, changes: object): void {
    const state = openState(join(folder, 'state'));
    const stored = state.collection<object>(collection);
    assert.ok(stored.has(key));
    stored.set(key, {...stored.get(key), ...changes});
    state.close();
  }

  async function post<T>(path: string, body: object): Promise<T> {
    const isBytes = Buffer.isBuffer(body);
    const answer = await fetch(`${cloud.httpUrl}/${path}`, {
      method: 'POST',
      headers: {'content-type': isBytes ? 'application/gzip' : 'application/json'},
      body: isBytes ? new Uint8Array(body) : JSON.stringify(body),
    });
    assert.ok(answer.ok, path);
    return (await answer.json()) as T;
  }

  /** Fails when it ends in any other way. */
  async function reaches(path: string, field: string, wanted: string): Promise<void> {
    let resource: Record<string, unknown> = {};
    await settle(async () => {
      resource = (await (await fetch(`${cloud.httpUrl}/${path}`)).json()) as Record<string, unknown>;
      return /QUEUED|PENDING|RUNNING|WORKING/.test(String(resource[field]))
        ? String(resource[field])
        : undefined;
    }, LIMIT_MS);
    assert.equal(resource[field], wanted, JSON.stringify(resource));
  }
});
