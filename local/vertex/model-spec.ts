import {z} from 'zod';
import {displayName, duration, environment, gcsUri, ignoring, labels} from '../request.ts';
import type {Model, UploadModelRequest} from './types.ts';

const MODEL_ID = /^[a-z_][a-z0-9_-]{0,62}$/;

const newModel = z.strictObject({
  displayName,
  description: z.string().exactOptional(),
  labels: labels.exactOptional(),
  versionAliases: z.array(z.string()).exactOptional(),
  versionDescription: z.string().exactOptional(),
  artifactUri: gcsUri.exactOptional(),
  containerSpec: z.strictObject({
    imageUri: z.string().min(1),
    command: z.array(z.string()).exactOptional(),
    args: z.array(z.string()).exactOptional(),
    env: environment.exactOptional(),
    ports: z.array(z.strictObject({containerPort: z.int()})).exactOptional(),
    predictRoute: z.string().startsWith('/').exactOptional(),
    healthRoute: z.string().startsWith('/').exactOptional(),
    deploymentTimeout: duration.exactOptional(),
  }),
});

const OUTPUT_FIELDS = [
  'name',
  'versionId',
  'createTime',
  'updateTime',
  'versionCreateTime',
  'versionUpdateTime',
  'deployedModels',
  'supportedDeploymentResourcesTypes',
  'supportedExportFormats',
  'supportedInputStorageFormats',
  'supportedOutputStorageFormats',
  'etag',
];

/** `UploadModelRequest`: `modelId` names a new model, `parentModel` the one that gets a further version. */
export const uploadRequest = z
  .strictObject({
    modelId: z.string().regex(MODEL_ID).exactOptional(),
    parentModel: z.string().min(1).exactOptional(),
    serviceAccount: z.string().exactOptional(),
    model: ignoring(OUTPUT_FIELDS, newModel),
  })
  .refine(({modelId, parentModel}) => modelId === undefined || parentModel === undefined, {
    path: ['modelId'],
    message: 'a new version of parentModel takes no model id',
  }) satisfies z.ZodType<UploadModelRequest>;

/** What `models.patch` can change. The immutable fields may be sent along, as after a read; they stay as they are. */
export const modelPatch = ignoring(
  [...OUTPUT_FIELDS, 'artifactUri', 'containerSpec', 'versionAliases'],
  z.strictObject({
    displayName: displayName.exactOptional(),
    description: z.string().exactOptional(),
    labels: labels.exactOptional(),
    versionDescription: z.string().exactOptional(),
  }),
) satisfies z.ZodType<Model>;

export const mergeAliasesRequest = z.strictObject({versionAliases: z.array(z.string()).min(1)});
