import {z} from 'zod';
import {duration, environment, gcsUri, int64, notOffered} from '../request.ts';
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
