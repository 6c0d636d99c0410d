import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Config} from '../config.ts';
import {RetryableError} from '../errors.ts';
import type {Job, PipelineRequest} from '../job-ports.ts';
import {allPages, ENDED_OR_GONE, SEND_ONCE} from './google-api.ts';
import {labelsOf} from './origin.ts';
import {call} from './service-error.ts';
import type {Vertex} from './vertex.ts';

export type Schema$PipelineJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1PipelineJob;

const NOT_FOUND = 404;
const ALREADY_EXISTS = 409;
const PAGE_SIZE = 100;

/** Pipeline jobs of Vertex AI. They take an id of the caller's, so an attempt is one job by its name. */
export function vertexPipelines(config: Config, vertex: Vertex) {
  const {parent} = vertex;
  const jobs = async () => (await vertex.locations()).pipelineJobs;
  const nameOf = (id: string) => `${parent}/pipelineJobs/${id}`;

  return {
    /** The id of the job of an attempt. */
    idOf: (effectKey: string, attempt: number) => `${effectKey}-${attempt}`,

    /** Returns the job's name, also when it is there already. */
    async start(request: PipelineRequest): Promise<string> {
      const pipelineJobId = this.idOf(request.effectKey, request.attempt);
      const requestBody: Schema$PipelineJob = {
        displayName: request.effectKey,
        labels: labelsOf(request),
        pipelineSpec: request.spec,
        runtimeConfig: {
          gcsOutputDirectory: request.outputUri,
          parameterValues: {...request.parameters},
          failurePolicy: 'PIPELINE_FAILURE_POLICY_FAIL_FAST',
        },
        ...(config.trainerAccount === undefined ? {} : {serviceAccount: config.trainerAccount}),
      };
      const client = await jobs();
      const started = await call(
        'starting the pipeline job',
        () => client.create({parent, pipelineJobId, requestBody}, SEND_ONCE),
        [ALREADY_EXISTS],
      );
      // Its own name has the number of the project.
      const {name} = started?.data ?? (await this.find(pipelineJobId)) ?? {};
      if (!name) throw new RetryableError(`pipeline job ${pipelineJobId} was started but is not there`);
      return name;
    },

    async find(id: string): Promise<Schema$PipelineJob | undefined> {
      const client = await jobs();
      const found = await call(`reading pipeline job ${id}`, () => client.get({name: nameOf(id)}), [
        NOT_FOUND,
      ]);
      return found?.data;
    },

    async list(filter: string): Promise<Schema$PipelineJob[]> {
      const client = await jobs();
      const query = {parent, filter, pageSize: PAGE_SIZE};
      const found: Schema$PipelineJob[] = [];
      for await (const page of allPages('listing pipeline jobs', (at) => client.list({...query, ...at})))
        found.push(...(page.pipelineJobs ?? []));
      return found;
    },

    async cancel(name: string): Promise<void> {
      const client = await jobs();
      await call(`cancelling ${name}`, () => client.cancel({name, requestBody: {}}), ENDED_OR_GONE);
    },
  };
}

const STATES: Readonly<Record<string, Job['state']>> = {
  PIPELINE_STATE_RUNNING: 'running',
  PIPELINE_STATE_CANCELLING: 'running',
  PIPELINE_STATE_PAUSED: 'running',
  PIPELINE_STATE_SUCCEEDED: 'succeeded',
  PIPELINE_STATE_FAILED: 'failed',
  PIPELINE_STATE_CANCELLED: 'cancelled',
};

export function pipelineStateOf(state: string | null | undefined): Job['state'] {
  return STATES[state ?? ''] ?? 'waiting';
}
