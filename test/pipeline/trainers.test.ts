import assert from 'node:assert/strict';
import {createReadStream} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {dropFile} from '../../cli/drop-file.ts';
import {followRun} from '../../cli/follow-run.ts';
import {type LocalProject, startLocalProject} from '../../cli/local-project.ts';
import {followBatch, predictBatch} from '../../cli/predict-batch.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {pushPipeline} from '../../cli/push-pipeline.ts';
import {readConfig} from '../../shared/config.ts';
import type {Run} from '../../shared/domain/run.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import {platformOf} from '../../shared/platform-of.ts';
import type {Ports} from '../../shared/ports.ts';
import {readInstances} from '../../shared/read-instances.ts';

const INSTALLING_MS = 300_000;
const RUNNING_MS = 120_000;

/** The examples whose trainer is not Millrace's own, and how many of ten test rows their model must get right. */
const EXAMPLES = [
  {name: 'wine', folder: 'wine', data: 'wine/data/wine.csv', share: 0.8},
  {name: 'iris', folder: 'iris', data: 'iris/data/iris.csv', share: 0.8},
  {name: 'wine-kubeflow', folder: 'wine/kubeflow', data: 'wine/data/wine.csv', share: 0.8},
  {name: 'wine-tfx', folder: 'wine/tfx', data: 'wine/data/wine.csv', share: 0.8},
];

/** Everything real, as in whole-path.ts. */
describe('the whole path with the trainer of', function () {
  this.timeout(RUNNING_MS);
  let folder: string;
  let project: LocalProject;
  let ports: Ports;
  const environment = {...process.env};

  before(async function () {
    this.timeout(INSTALLING_MS);
    folder = await mkdtemp(join(tmpdir(), 'millrace-'));
    project = await startLocalProject({folder, port: 0});
    Object.assign(process.env, project.env);
    ports = googleCloud(readConfig(process.env));
  });

  after(async () => {
    await project?.close();
    await rm(folder, {recursive: true});
    process.env = environment;
  });

  async function drop(data: string, pipeline: string): Promise<Run> {
    const {runId} = await dropFile(join(projectFolder, 'examples', data), pipeline, ports);
    return followRun(runId, ports);
  }

  for (const {name, folder: example, data, share} of EXAMPLES) {
    it(`${name} makes a model that answers, and a second one that is compared with it`, async () => {
      await pushPipeline(join(projectFolder, 'examples', example), ports);

      const first = await drop(data, name);
      const second = await drop(data, name);

      assert.equal(first.state, 'released', JSON.stringify(first.failure));
      const {instances, labels} = await readInstances(first, 100, ports);
      const {predictions} = await platformOf(first, ports).models.predict(name, instances);
      const right = predictions.filter((prediction, index) => String(prediction) === labels[index]).length;
      assert.ok(right >= share * labels.length, `${right} of ${labels.length} right`);
      assert.match(second.release?.sentence ?? JSON.stringify(second), /version 1\b.* on the same \d+ rows/);
    }).timeout(INSTALLING_MS);

    it(`${name} predicts the rows of an object in a batch, and pays for them once`, async () => {
      const object = `${name}/batch/rows`;
      const file = createReadStream(join(projectFolder, 'examples', data));
      const {bucket} = await ports.objects.put(ports.buckets.data, object, file);
      const uri = `gs://${bucket}/${object}`;
      const begun = await predictBatch(name, uri, ports);

      const {job} = await followBatch(name, begun, ports);

      const folder = job.resultsUri?.replace(`gs://${bucket}/`, '') ?? '';
      const [results] = await ports.objects.listUnder(bucket, `${folder}/prediction.results`);
      assert.ok(results);
      const lines = (await ports.objects.readText(results)).trimEnd().split('\n');
      assert.deepEqual(job.rows, {predicted: lines.length, failed: 0});
      for (const line of lines) assert.deepEqual(Object.keys(JSON.parse(line)), ['instance', 'prediction']);
      assert.equal((await predictBatch(name, uri, ports)).job.name, job.name);
    });
  }
});
