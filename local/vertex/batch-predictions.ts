import {ApiError} from '../api-error.ts';
import type {JobControl, JobKind} from '../jobs/jobs.ts';
import type {Project} from '../names.ts';
import {askServer, predictionsOf} from '../serving/ask-server.ts';
import {type StorageFiles, storageFiles} from '../storage-files.ts';
import {batchCompletion} from './batch-completion.ts';
import {readInstances, writeLines} from './batch-files.ts';
import {type DeployedHost, serverOf} from './deployed-servers.ts';
import type {ModelRegistry} from './model-registry.ts';
import {canonicalName} from './names.ts';
import type {BatchPredictionJob} from './types.ts';

/** Instances in one request, unless the job says otherwise. */
const BATCH_SIZE = 64;

/** A job that starts the server of a model, asks it about every line of its input, and ends it. */
export function batchPredictionKind(host: DeployedHost): JobKind<BatchPredictionJob> {
  const files = storageFiles(() => host.containerEnv().STORAGE_EMULATOR_HOST ?? '');
  return {
    collection: 'batchPredictionJobs',
    store: 'vertex.batchPredictionJobs',
    lastEntry: batchCompletion,
    async work(job, control) {
      try {
        await predictAll(job, control, host, files);
        return undefined;
      } catch (error) {
        if (error instanceof ApiError) return {code: error.code, message: error.message};
        throw error;
      }
    },
  };
}

/** The job with the version that it will ask, decided when it is made. @throws ApiError NOT_FOUND */
export function withVersion(
  job: BatchPredictionJob,
  project: Project,
  registry: ModelRegistry,
): BatchPredictionJob {
  const {name, versionId} = registry.version(canonicalName(project, job.model ?? ''));
  return {...job, model: name ?? '', modelVersionId: versionId ?? ''};
}

async function predictAll(
  job: BatchPredictionJob,
  {signal, update}: JobControl<BatchPredictionJob>,
  host: DeployedHost,
  files: StorageFiles,
): Promise<void> {
  const key = job.name ?? '';
  const model = host.registry.version(`${job.model}@${job.modelVersionId}`);
  const instances = await readInstances(job.inputConfig?.gcsSource?.uris ?? [], files);
  const {predictUrl} = await host.servers.ready(key, () => serverOf(host, model, key));
  const tally = new Tally();
  try {
    const size = job.manualBatchTuningParameters?.batchSize ?? BATCH_SIZE;
    for (let at = 0; at < instances.length && !signal.aborted; at += size)
      await ask(predictUrl, instances.slice(at, at + size), tally);
  } finally {
    host.servers.stop(key);
  }
  if (signal.aborted) return;
  const prefix = job.outputConfig?.gcsDestination?.outputUriPrefix?.replace(/\/$/, '') ?? '';
  const folder = `${prefix}/prediction-${model.displayName}-${job.createTime}`;
  await writeLines(`${folder}/prediction.errors_stats-00000-of-00001`, tally.errors, files);
  await writeLines(`${folder}/prediction.results-00000-of-00001`, tally.results, files);
  update({
    outputInfo: {gcsOutputDirectory: folder},
    completionStats: {
      successfulCount: String(tally.results.length),
      failedCount: String(tally.failed),
      incompleteCount: '0',
    },
  });
}

/** What came of the requests, as lines of the files that tell it. */
class Tally {
  readonly results: string[] = [];
  readonly errors: string[] = [];
  failed = 0;
}

/** A batch that the model refuses fails as a whole. */
async function ask(url: string, instances: readonly unknown[], tally: Tally): Promise<void> {
  const question = {contentType: 'application/json', body: JSON.stringify({instances})};
  const response = await askServer(url, question).catch((error: Error) => {
    throw new ApiError('UNAVAILABLE', `The model server gave no answer: ${error.cause ?? error}`);
  });
  const text = await response.text();
  const predictions = response.ok ? predictionsOf(true, text) : [];
  if (predictions.length === instances.length) {
    const lines = instances.map((instance, index) =>
      JSON.stringify({instance, prediction: predictions[index]}),
    );
    tally.results.push(...lines);
    return;
  }
  tally.failed += instances.length;
  const why = response.ok
    ? `${predictions.length} predictions for ${instances.length} instances`
    : `Non-OK result ${response.status} (${text})`;
  tally.errors.push(`('Post request fails. Cannot get predictions. Error: ${why}.', ${instances.length})`);
}
