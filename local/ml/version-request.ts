import {z} from 'zod';
import {gcsUri, ignoring, labels, notOffered} from '../request.ts';
import {resourceId} from './names.ts';
import type {Version} from './types.ts';

const nodes = z.int().min(0);

const newVersionFields = z
  .strictObject({
    name: resourceId,
    description: z.string().exactOptional(),
    labels: labels.exactOptional(),
    deploymentUri: gcsUri,
    framework: z.enum(['SCIKIT_LEARN', 'XGBOOST', 'TENSORFLOW']),
    runtimeVersion: z.string().min(1),
    pythonVersion: z.string().min(1),
    machineType: z
      .string()
      .regex(/^(mls1-c[14]-m[24]|n1-[a-z]+-\d+)$/, 'is no machine type for online prediction')
      .exactOptional(),
    autoScaling: z
      .strictObject({minNodes: nodes.exactOptional(), maxNodes: nodes.exactOptional(), metrics: notOffered()})
      .exactOptional(),
    manualScaling: z.strictObject({nodes: z.int().min(1)}).exactOptional(),
    container: notOffered(),
    routes: notOffered(),
    packageUris: notOffered(),
    predictionClass: notOffered(),
    acceleratorConfig: notOffered(),
    explanationConfig: notOffered(),
    requestLoggingConfig: notOffered(),
    serviceAccount: notOffered(),
  })
  .refine(({autoScaling, manualScaling}) => autoScaling === undefined || manualScaling === undefined, {
    path: ['manualScaling'],
    message: 'a version scales automatically or by hand, not both',
  })
  .refine((version) => !needsNode(version) || (version.autoScaling?.minNodes ?? 1) >= 1, {
    path: ['autoScaling', 'minNodes'],
    message: 'must be at least 1 for use with a Compute Engine machine type',
  }) satisfies z.ZodType<Version>;

/** "`min_nodes` must be at least 1 for use with a Compute Engine machine type", says the reference of `AutoScaling`. */
export function needsNode({machineType}: Version): boolean {
  return machineType?.startsWith('n1-') ?? false;
}

/** `Version` as it is asked for; how it is served can be left to detection in the cloud, not here. */
export const newVersion = ignoring(
  ['createTime', 'lastUseTime', 'isDefault', 'state', 'errorMessage', 'etag'],
  newVersionFields,
);

export const versionPatch = z.strictObject({
  description: z.string().exactOptional(),
  autoScaling: z.strictObject({minNodes: nodes}).exactOptional(),
  manualScaling: z.strictObject({nodes: z.int().min(1)}).exactOptional(),
  etag: z.string().exactOptional(),
}) satisfies z.ZodType<Version>;
