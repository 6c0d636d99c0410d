import {z} from 'zod';
import {budgetFaults, budgetSchema} from './budget.ts';
import {percentOf} from './canary.ts';
import {gateSchema} from './gate/rules.ts';
import {isPipelineName} from './object-name.ts';
import {platformFaults} from './platform-limits.ts';
import {retrySchema} from './retry-policy.ts';
import {dataSchema, splitSchema} from './split/split-definition.ts';
import {tuneSchema} from './study.ts';

const nameSchema = z.string().refine(isPipelineName, {
  message: 'lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters',
});

/** A trainer's source as it lies in the bucket: `trainer/<sha256 of the archive>.tar.gz`, so a definition pins its trainer. */
export const TRAINER_SOURCE = /^trainer\/[0-9a-f]{64}\.tar\.gz$/;

/** A compiled pipeline as it lies in the bucket: `trainer/<sha256 of the text>.json`. */
export const COMPILED_PIPELINE = /^trainer\/(?<digest>[0-9a-f]{64})\.json$/;

/** With `pipeline`, the final training is a compiled Kubeflow pipeline instead of one container. */
const trainingKeys = {kind: z.enum(['image', 'pipeline']).default('image'), spec: z.string().optional()};

const variantSchema = z.discriminatedUnion('framework', [
  z.strictObject({
    ...trainingKeys,
    source: z.string().optional(),
    /** A prebuilt server of this library answers for the model. */
    framework: z.enum(['scikit-learn', 'xgboost']),
    frameworkVersion: z.string().regex(/^\d+\.\d+$/, 'major.minor in quotes, e.g. "1.6"'),
  }),
  z.strictObject({
    ...trainingKeys,
    source: z.string(),
    /** The trainer's own image answers for the model. */
    framework: z.literal('custom'),
  }),
]);

const trainerSchema = variantSchema.refine(({kind, spec}) => (kind === 'pipeline') === (spec !== undefined), {
  path: ['spec'],
  message: 'kind: pipeline needs a compiled pipeline; kind: image has none',
});

const servingSchema = z.strictObject({
  model: nameSchema,
  endpoint: nameSchema,
  /** The traffic that a new version gets at first, beside the champion. */
  canary: z
    .string()
    .refine((share) => percentOf(share) !== undefined, 'a share of the traffic from 1% to 99%')
    .optional(),
  machineType: z.string().default('n1-standard-2'),
  /** Of AI Platform, as its `versions create` takes them. */
  runtimeVersion: z.string().optional(),
  pythonVersion: z.string().optional(),
});

/** The one schema of pipeline.yaml. Unknown keys are errors; defaults are filled in. */
export const pipelineSchema = z
  .strictObject({
    name: nameSchema,
    data: dataSchema,
    split: splitSchema.prefault({}),
    trainer: trainerSchema,
    tune: tuneSchema,
    budget: budgetSchema.optional(),
    train: z
      .strictObject({
        /** The parts that the best trial's parameters are trained on. */
        on: z.enum(['training', 'training+validation']).default('training'),
        machineType: z.string().default('n1-standard-4'),
      })
      .prefault({}),
    gate: gateSchema.prefault({}),
    serve: z.union([z.literal('none'), servingSchema], 'expected none, or a map with model and endpoint'),
    retry: retrySchema,
    /** Where the jobs run and the model is served. */
    platform: z.enum(['vertex', 'ai-platform']).default('vertex'),
  })
  .superRefine((pipeline, context) => {
    for (const {path, message} of [...platformFaults(pipeline), ...budgetFaults(pipeline)])
      context.addIssue({code: 'custom', path: [...path], message});
  });

export type Pipeline = z.output<typeof pipelineSchema>;
export type PlatformName = Pipeline['platform'];
