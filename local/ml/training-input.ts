import {z} from 'zod';
import {duration, gcsUri, ignoring, labels, millisecondsOf, notOffered} from '../request.ts';
import {hyperparameterSpec} from './hyperparameter-spec.ts';
import {resourceId} from './names.ts';
import type {Job, TrainingInput} from './types.ts';

const LEAST_WAIT_MS = 1_800_000;

const masterConfig = z
  .strictObject({
    imageUri: z.string().min(1),
    containerCommand: z.array(z.string()).exactOptional(),
    containerArgs: z.array(z.string()).exactOptional(),
    acceleratorConfig: notOffered(),
    diskConfig: notOffered(),
    tpuTfVersion: notOffered(),
  })
  .exactOptional();

/** `TrainingInput`: one container on one machine, which runs here whatever the machine's type. */
const trainingInput = z
  .strictObject({
    region: z.string().min(1),
    scaleTier: z
      .enum(['BASIC', 'STANDARD_1', 'PREMIUM_1', 'BASIC_GPU', 'BASIC_TPU', 'CUSTOM'])
      .exactOptional(),
    masterType: z.string().min(1).exactOptional(),
    masterConfig,
    args: z.array(z.string()).exactOptional(),
    jobDir: gcsUri.exactOptional(),
    hyperparameters: hyperparameterSpec.exactOptional(),
    scheduling: z
      .strictObject({
        maxRunningTime: duration.exactOptional(),
        maxWaitTime: duration
          .refine((time) => millisecondsOf(time) >= LEAST_WAIT_MS, 'must be at least 1800s')
          .exactOptional(),
        priority: z.int().min(0).max(1000).exactOptional(),
      })
      .exactOptional(),
    serviceAccount: z.string().exactOptional(),
    network: z.string().exactOptional(),
    enableWebAccess: z.boolean().exactOptional(),
    packageUris: notOffered(),
    pythonModule: notOffered(),
    runtimeVersion: notOffered(),
    pythonVersion: notOffered(),
    encryptionConfig: notOffered(),
    workerCount: notOffered(),
    workerType: notOffered(),
    workerConfig: notOffered(),
    parameterServerCount: notOffered(),
    parameterServerType: notOffered(),
    parameterServerConfig: notOffered(),
    evaluatorCount: notOffered(),
    evaluatorType: notOffered(),
    evaluatorConfig: notOffered(),
    useChiefInTfConfig: notOffered(),
  })
  .superRefine((input, context) => {
    for (const [field, message] of faultsOf(input))
      context.addIssue({code: 'custom', path: [field], message});
  }) satisfies z.ZodType<TrainingInput>;

function* faultsOf(input: TrainingInput): Generator<[string, string]> {
  const {scaleTier = 'BASIC', masterType, masterConfig: master, args} = input;
  if (scaleTier === 'CUSTOM' && masterType === undefined)
    yield ['masterType', 'Master type must be specified for the CUSTOM scale tier.'];
  if (scaleTier !== 'CUSTOM' && masterType !== undefined)
    yield ['masterType', 'Master type can only be set for the CUSTOM scale tier.'];
  if (master === undefined)
    yield ['masterConfig', 'imageUri is required: the local cloud runs custom containers only'];
  if (args !== undefined && (master?.containerArgs ?? master?.containerCommand) !== undefined)
    yield ['args', 'is mutually exclusive with containerArgs and containerCommand of masterConfig'];
}

/** Fields that only the service sets. */
const OUTPUT_FIELDS = [
  'createTime',
  'startTime',
  'endTime',
  'state',
  'errorMessage',
  'etag',
  'jobPosition',
  'trainingOutput',
  'predictionOutput',
];

export const newJob: z.ZodType<Job> = ignoring(
  OUTPUT_FIELDS,
  z.strictObject({
    jobId: resourceId,
    labels: labels.exactOptional(),
    trainingInput,
    predictionInput: z
      .never({error: 'batch prediction is offered for TensorFlow models only, and there are none here'})
      .exactOptional(),
  }),
);
