import {join} from 'node:path';
import {z} from 'zod';
import type {JobKind} from '../../jobs/jobs.ts';
import type {Workshop} from '../../jobs/workshop.ts';
import {idOf} from '../../names.ts';
import {displayName, gcsUri, ignoring, labels, notOffered, parseRequest} from '../../request.ts';
import {JOB_OUTPUT_FIELDS} from '../job-spec.ts';
import type {PipelineJob} from '../types.ts';
import {completionEvent} from './completion-event.ts';
import {mountedBuckets} from './mounted-buckets.ts';
import {parametersOf} from './parameter-values.ts';
import {PipelineRun} from './pipeline-run.ts';
import {readPipelineSpec} from './pipeline-spec.ts';

const pipelineJob = z.strictObject({
  displayName: displayName.exactOptional(),
  labels: labels.exactOptional(),
  pipelineSpec: z.record(z.string(), z.json()),
  runtimeConfig: z.strictObject({
    gcsOutputDirectory: gcsUri,
    parameterValues: z.record(z.string(), z.json()).exactOptional(),
    parameters: notOffered(),
    inputArtifacts: notOffered(),
    failurePolicy: z
      .enum(['PIPELINE_FAILURE_POLICY_UNSPECIFIED', 'PIPELINE_FAILURE_POLICY_FAIL_FAST'])
      .exactOptional(),
  }),
  serviceAccount: z.string().exactOptional(),
  network: z.string().exactOptional(),
  templateUri: notOffered(),
});

/** What a create request may say. */
export const newPipelineJob: z.ZodType<PipelineJob> = ignoring(
  [...JOB_OUTPUT_FIELDS, 'jobDetail', 'scheduleName', 'templateMetadata'],
  pipelineJob,
);

const JOB_ID = /^[a-z][-a-z0-9]{0,127}$/;

const createQuery = z.object({pipelineJobId: z.string().regex(JOB_ID).optional()});

/**
 * The id that a create request asks for; undefined when it leaves it to the service.
 * @throws ApiError INVALID_ARGUMENT or UNIMPLEMENTED when its job could not be run
 */
export function askedId(query: unknown, {pipelineSpec, runtimeConfig}: PipelineJob): string | undefined {
  const {pipelineJobId} = parseRequest(createQuery, query);
  parametersOf(readPipelineSpec(pipelineSpec), runtimeConfig?.parameterValues ?? {});
  return pipelineJobId;
}

/** A job as callers see it: the states of pipelines have names of their own. */
export function shown(job: PipelineJob): PipelineJob {
  return {...job, state: job.state?.replace(/^JOB_/, 'PIPELINE_') ?? null};
}

/** A listed job has no details. */
export function listed(job: PipelineJob): PipelineJob {
  const {jobDetail: _, pipelineSpec: __, ...rest} = shown(job);
  return rest;
}

/** A job that runs the container components of a compiled pipeline as soon as what they need is there. */
export function pipelineJobKind({
  scratch,
  ...workshop
}: Workshop & {/** For the files of tasks. */ readonly scratch: string}): JobKind<PipelineJob> {
  return {
    collection: 'pipelineJobs',
    store: 'vertex.pipelineJobs',
    lastEntry: completionEvent,
    async work(job, control) {
      const folder = join(scratch, idOf(job.name ?? ''));
      const storage = () => workshop.containerEnv().STORAGE_EMULATOR_HOST ?? '';
      const buckets = mountedBuckets(join(folder, 'gcs'), storage);
      const failure = await new PipelineRun({job, control, folder, buckets, ...workshop}).play();
      return failure === undefined ? undefined : {code: 9, message: failure};
    },
  };
}
