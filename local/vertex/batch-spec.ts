import {z} from 'zod';
import {displayName, gcsUri, ignoring, labels, notOffered} from '../request.ts';
import {JOB_OUTPUT_FIELDS} from './job-spec.ts';
import type {BatchPredictionJob} from './types.ts';

const objectUri = gcsUri
  .refine((uri) => !/[*?[\]]/.test(uri), 'the local cloud takes no wildcards')
  .refine((uri) => /^gs:\/\/[^/]+\/.+/.test(uri), 'must name an object');

/** JSON Lines in a bucket and out of it, by one registered model on one machine. */
export const newBatchJob: z.ZodType<BatchPredictionJob> = ignoring(
  [
    ...JOB_OUTPUT_FIELDS,
    'outputInfo',
    'completionStats',
    'modelVersionId',
    'partialFailures',
    'resourcesConsumed',
  ],
  z.strictObject({
    displayName,
    labels: labels.exactOptional(),
    model: z.string().min(1),
    inputConfig: z.strictObject({
      instancesFormat: z.literal('jsonl', {error: 'the local cloud takes jsonl only'}),
      gcsSource: z.strictObject({uris: z.array(objectUri).min(1)}),
      bigquerySource: notOffered(),
    }),
    outputConfig: z.strictObject({
      predictionsFormat: z.literal('jsonl', {error: 'the local cloud writes jsonl only'}),
      gcsDestination: z.strictObject({outputUriPrefix: gcsUri}),
      bigqueryDestination: notOffered(),
    }),
    dedicatedResources: z.strictObject(
      {
        machineSpec: z.strictObject({machineType: z.string().min(1)}),
        startingReplicaCount: z.int().min(1).exactOptional(),
        maxReplicaCount: z.int().min(1).exactOptional(),
      },
      {error: 'a custom model predicts on dedicated resources'},
    ),
    manualBatchTuningParameters: z.strictObject({batchSize: z.int().min(1).exactOptional()}).exactOptional(),
    serviceAccount: z.string().exactOptional(),
    disableContainerLogging: z.boolean().exactOptional(),
    instanceConfig: notOffered(),
    modelParameters: notOffered(),
    generateExplanation: notOffered(),
    unmanagedContainerModel: notOffered(),
  }),
);
