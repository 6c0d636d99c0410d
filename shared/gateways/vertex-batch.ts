import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {BatchJob, BatchPredictions} from '../batch-ports.ts';
import {RetryableError} from '../errors.ts';
import {allPages, SEND_ONCE} from './google-api.ts';
import {call, must} from './service-error.ts';
import type {Vertex} from './vertex.ts';
import {jobStateOf} from './vertex-jobs.ts';

type Schema$BatchJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1BatchPredictionJob;

const NOT_FOUND = 404;

/** Vertex AI batch prediction jobs behind the {@link BatchPredictions} port. */
export function vertexBatchGateway(vertex: Vertex): BatchPredictions {
  const {parent} = vertex;
  const jobs = async () => (await vertex.locations()).batchPredictionJobs;
  return {
    async start({key, version, instancesUri, outputUri, machineType}) {
      const client = await jobs();
      const requestBody: Schema$BatchJob = {
        displayName: key,
        labels: {millrace_batch: key},
        model: version,
        inputConfig: {instancesFormat: 'jsonl', gcsSource: {uris: [instancesUri]}},
        outputConfig: {predictionsFormat: 'jsonl', gcsDestination: {outputUriPrefix: outputUri}},
        // The service does not add machines by itself.
        dedicatedResources: {machineSpec: {machineType}, startingReplicaCount: 1, maxReplicaCount: 1},
      };
      const doing = 'starting the batch prediction';
      return batchJobOf((await must(doing, () => client.create({parent, requestBody}, SEND_ONCE))).data);
    },
    async findByKey(key) {
      const client = await jobs();
      const query = {parent, filter: `labels.millrace_batch="${key}"`};
      const doing = 'looking for the batch prediction';
      const found: BatchJob[] = [];
      for await (const page of allPages(doing, (at) => client.list({...query, ...at})))
        found.push(...(page.batchPredictionJobs ?? []).map(batchJobOf));
      const [newest] = found.toSorted((a, b) => b.createTime.localeCompare(a.createTime));
      return newest;
    },
    async find(name) {
      const client = await jobs();
      const found = await call(`reading ${name}`, () => client.get({name}), [NOT_FOUND]);
      return found && batchJobOf(found.data);
    },
  };
}

function batchJobOf(job: Schema$BatchJob): BatchJob {
  const {name, createTime, state, error, outputInfo, completionStats} = job;
  if (!name) throw new RetryableError('Vertex AI answered without the name of the batch prediction');
  const {successfulCount, failedCount} = completionStats ?? {};
  return {
    name,
    createTime: createTime ?? '',
    state: jobStateOf(state),
    ...(error?.message && {why: error.message}),
    ...(outputInfo?.gcsOutputDirectory && {resultsUri: outputInfo.gcsOutputDirectory}),
    ...(completionStats && {
      rows: {predicted: Number(successfulCount ?? 0), failed: Number(failedCount ?? 0)},
    }),
  };
}
