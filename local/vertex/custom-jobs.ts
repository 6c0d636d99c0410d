import {z} from 'zod';
import type {Containers} from '../containers/containers.ts';
import {displayName, ignoring, labels} from '../request.ts';
import {customJobSpec, JOB_OUTPUT_FIELDS} from './job-spec.ts';
import type {JobKind} from './jobs.ts';
import {idOf, type Project} from './names.ts';
import {runReplica} from './replica.ts';
import type {CustomJob} from './types.ts';

export const newCustomJob: z.ZodType<CustomJob> = ignoring(
  [...JOB_OUTPUT_FIELDS, 'webAccessUris'],
  z.strictObject({displayName, labels: labels.exactOptional(), jobSpec: customJobSpec}),
);

/** What a job's containers need to know of this cloud. */
export interface Workshop {
  readonly containers: Containers;
  readonly project: Project;
  /** Where the other services are, as environment variables; read at each start. */
  readonly containerEnv: () => Readonly<Record<string, string>>;
}

/** A job that runs one container once. */
export function customJobKind({containers, project, containerEnv}: Workshop): JobKind<CustomJob> {
  return {
    collection: 'customJobs',
    async work({name, jobSpec = {}}, {signal}) {
      const env = {
        ...containerEnv(),
        CLOUD_ML_JOB_ID: idOf(name ?? ''),
        CLOUD_ML_PROJECT_ID: project.id,
        ...outputFolders(jobSpec.baseOutputDirectory?.outputUriPrefix),
      };
      const failure = await runReplica(containers, {spec: jobSpec, args: [], env, signal});
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
