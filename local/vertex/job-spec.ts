import {z} from 'zod';
import type {ContainerSpec} from '../containers/containers.ts';
import type {Replica} from '../jobs/replica.ts';
import {duration, environment, gcsUri, int64, notOffered, variablesOf} from '../request.ts';
import type {CustomJobSpec} from './types.ts';

const workerPool = z.strictObject({
  machineSpec: z.strictObject({
    machineType: z.string().min(1),
    acceleratorType: z.string().exactOptional(),
    acceleratorCount: z.int().exactOptional(),
  }),
  replicaCount: int64.refine((count) => count === '1', 'the first worker pool has exactly one replica'),
  diskSpec: z
    .strictObject({bootDiskType: z.string().exactOptional(), bootDiskSizeGb: z.int().exactOptional()})
    .exactOptional(),
  containerSpec: z.strictObject({
    imageUri: z.string().min(1),
    args: z.array(z.string()).exactOptional(),
    command: z.array(z.string()).exactOptional(),
    env: environment.exactOptional(),
  }),
  pythonPackageSpec: notOffered(),
});

/** `CustomJobSpec`: what one job runs. One worker pool of one replica; a pool with accelerators runs without them. */
export const customJobSpec = z.strictObject({
  workerPoolSpecs: z.array(workerPool).length(1, 'the local cloud runs exactly one worker pool'),
  baseOutputDirectory: z.strictObject({outputUriPrefix: gcsUri}).exactOptional(),
  serviceAccount: z.string().exactOptional(),
  network: z.string().exactOptional(),
  enableWebAccess: z.boolean().exactOptional(),
  scheduling: z
    .strictObject({
      timeout: duration.exactOptional(),
      restartJobOnWorkerRestart: z.boolean().exactOptional(),
      disableRetries: z.boolean().exactOptional(),
      maxWaitDuration: duration.exactOptional(),
      strategy: z.enum(['STRATEGY_UNSPECIFIED', 'STANDARD', 'SPOT', 'FLEX_START']).exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<CustomJobSpec>;

/**
 * The one replica of a job, with what the service adds: arguments come after the specification's own, variables win over them.
 */
export function replicaOf(
  {workerPoolSpecs, scheduling}: CustomJobSpec,
  {
    args,
    env,
    sharedFolder,
  }: Required<Pick<ContainerSpec, 'args' | 'env'>> & Pick<ContainerSpec, 'sharedFolder'>,
): Omit<Replica, 'signal'> {
  const container = workerPoolSpecs?.[0]?.containerSpec;
  return {
    name: 'workerpool0-0',
    timeout: scheduling?.timeout,
    container: {
      image: container?.imageUri ?? '',
      ...(container?.command && {command: container.command}),
      args: [...(container?.args ?? []), ...args],
      env: {...variablesOf(container?.env), ...env},
      ...(sharedFolder !== undefined && {sharedFolder}),
    },
  };
}

/** Fields of every job that only the service sets. */
export const JOB_OUTPUT_FIELDS = [
  'name',
  'state',
  'createTime',
  'startTime',
  'endTime',
  'updateTime',
  'error',
  'satisfiesPzi',
  'satisfiesPzs',
];
