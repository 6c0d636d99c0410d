import {z} from 'zod';
import type {JobKind} from '../jobs/jobs.ts';
import {runReplica} from '../jobs/replica.ts';
import type {Workshop} from '../jobs/workshop.ts';
import {idOf} from '../names.ts';
import {displayName, ignoring, labels} from '../request.ts';
import {customJobSpec, JOB_OUTPUT_FIELDS, replicaOf} from './job-spec.ts';
import type {CustomJob} from './types.ts';

export const newCustomJob: z.ZodType<CustomJob> = ignoring(
  [...JOB_OUTPUT_FIELDS, 'webAccessUris'],
  z.strictObject({displayName, labels: labels.exactOptional(), jobSpec: customJobSpec}),
);

/** A job that runs one container once. */
export function customJobKind({containers, project, containerEnv}: Workshop): JobKind<CustomJob> {
  return {
    collection: 'customJobs',
    store: 'vertex.customJobs',
    async work({name, jobSpec = {}}, {signal}) {
      const env = {
        ...containerEnv(),
        CLOUD_ML_JOB_ID: idOf(name ?? ''),
        CLOUD_ML_PROJECT_ID: project.id,
        ...outputFolders(jobSpec.baseOutputDirectory?.outputUriPrefix),
      };
      const failure = await runReplica(containers, {...replicaOf(jobSpec, {args: [], env}), signal});
      return failure && {code: 3, message: `${failure.reason}\n${failure.logTail}`.trimEnd()};
    },
  };
}

/**
 * The folders a container writes to; none without a base.
 * Source: `CustomJobSpec.baseOutputDirectory`.
 * @param base `gs://…`, with or without a slash at its end
 */
export function outputFolders(base: string | null | undefined): Readonly<Record<string, string>> {
  if (!base) return {};
  const folder = base.endsWith('/') ? base : `${base}/`;
  return {
    AIP_MODEL_DIR: `${folder}model/`,
    AIP_CHECKPOINT_DIR: `${folder}checkpoints/`,
    AIP_TENSORBOARD_LOG_DIR: `${folder}logs/`,
  };
}
