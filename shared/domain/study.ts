import {z} from 'zod';
import {conditionFaults} from './study-conditions.ts';

const KINDS = ['double', 'integer', 'discrete', 'categorical'] as const;

const rangeSchema = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, {
  message: 'the first number must be lower than the second',
});

/** Vertex AI takes numbers that are nearer to each other for the same. */
const LEAST_STEP = 1e-10;

/** One hyperparameter: exactly one of a range of doubles, a range of integers, a list of numbers or a list of words. */
export const parameterSchema = z
  .strictObject({
    double: rangeSchema.optional(),
    integer: rangeSchema
      .refine((range) => range.every(Number.isInteger), {message: 'both ends must be whole'})
      .optional(),
    discrete: z
      .array(z.number())
      .min(1)
      .max(1000)
      .refine(
        (values) =>
          values.every((value, index) => index === 0 || value - (values[index - 1] ?? value) >= LEAST_STEP),
        {message: 'must increase strictly, by 1e-10 or more'},
      )
      .optional(),
    categorical: z
      .array(z.string().min(1))
      .min(1)
      .max(1000)
      .refine((words) => new Set(words).size === words.length, {message: 'names a word twice'})
      .optional(),
    scale: z.enum(['linear', 'log', 'reverse-log']).optional(),
    when: z
      .record(z.string(), z.array(z.union([z.number(), z.string()])).min(1))
      .refine((when) => Object.keys(when).length === 1, {message: 'name exactly one other parameter'})
      .optional(),
  })
  .superRefine((parameter, context) => {
    const given = KINDS.filter((kind) => parameter[kind] !== undefined);
    if (given.length !== 1) {
      context.addIssue({
        code: 'custom',
        message: `give exactly one of ${KINDS.join(', ')}; found ${given.join(' and ') || 'none'}`,
      });
    }
    const range = parameter.double ?? parameter.integer;
    if (parameter.scale !== undefined && range === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['scale'],
        message: 'only a double or integer range has a scale',
      });
    }
    if (
      parameter.scale !== undefined &&
      parameter.scale !== 'linear' &&
      range !== undefined &&
      range[0] <= 0
    ) {
      context.addIssue({code: 'custom', message: `a ${parameter.scale} scale needs a range above 0`});
    }
  });

export type Parameter = z.output<typeof parameterSchema>;

/** `tune` of pipeline.yaml. */
export const tuneSchema = z
  .strictObject({
    metric: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'letters, digits and underscores, beginning with a letter'),
    goal: z.enum(['maximize', 'minimize']).default('maximize'),
    maxTrials: z.number().int().min(1).max(1000),
    parallelTrials: z.number().int().min(1).max(100).default(1),
    maxFailedTrials: z.number().int().min(0).default(0),
    algorithm: z.enum(['bayesian', 'random', 'grid']).default('bayesian'),
    earlyStopping: z.enum(['median', 'decay-curve']).optional(),
    /** Go on from the trials of the pipeline's last search of the same space. */
    warmStart: z.boolean().optional(),
    measurement: z.enum(['last', 'best']).default('last'),
    parameters: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/), parameterSchema),
    machineType: z.string().default('n1-standard-4'),
  })
  .superRefine((tune, context) => {
    for (const count of ['parallelTrials', 'maxFailedTrials'] as const) {
      if (tune[count] <= tune.maxTrials) continue;
      const message = `${tune[count]} is more than maxTrials (${tune.maxTrials})`;
      context.addIssue({code: 'custom', path: [count], message});
    }
    for (const {parameter, message} of conditionFaults(tune.parameters)) {
      context.addIssue({code: 'custom', path: ['parameters', parameter, 'when'], message});
    }
    const parameters = Object.entries(tune.parameters);
    if (parameters.length === 0) {
      context.addIssue({code: 'custom', path: ['parameters'], message: 'name at least one parameter'});
    }
    const ranged = parameters.find(([, {double}]) => double !== undefined);
    if (tune.algorithm === 'grid' && ranged !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['parameters', ranged[0]],
        message: 'a grid has no steps in a double range: list discrete values, or use random or bayesian',
      });
    }
  });
