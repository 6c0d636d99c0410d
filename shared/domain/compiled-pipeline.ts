import {z} from 'zod';
import {PermanentError} from '../errors.ts';

/** The image name that stands for the run's own trainer image in a compiled pipeline. */
const TRAINER_IMAGE = 'millrace/trainer';

const BY_DIGEST = /@sha256:[0-9a-f]{64}$/;
const HINT = 'Compile the pipeline again, run "millrace push", then drop the file again.';

const parameterSchema = z.looseObject({
  parameterType: z.string(),
  isOptional: z.boolean().optional(),
  defaultValue: z.unknown().optional(),
});

const executorSchema = z.looseObject({container: z.looseObject({image: z.string()}).optional()});

/** As much of a compiled Kubeflow pipeline as a run has to know: https://github.com/kubeflow/pipelines, `PipelineSpec`. */
const compiledSchema = z.looseObject({
  schemaVersion: z.string(),
  deploymentSpec: z.looseObject({executors: z.record(z.string(), executorSchema)}),
  root: z.looseObject({
    inputDefinitions: z
      .looseObject({parameters: z.record(z.string(), parameterSchema).default({})})
      .prefault({}),
  }),
});

export type CompiledPipeline = z.output<typeof compiledSchema>;
export type PipelineParameters = Readonly<Record<string, string | number>>;

/** What a run gives to a pipeline. */
export interface Offer {
  /** The pipeline must take all of these. */
  readonly needed: PipelineParameters;
  /** The pipeline takes what it has a parameter for. */
  readonly welcome: PipelineParameters;
}

/** @throws PermanentError PIPELINE_SPEC for what is no compiled pipeline, or one with an image that can change */
export function parseCompiledPipeline(definition: unknown, where: string): CompiledPipeline {
  const parsed = compiledSchema.safeParse(definition);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `not a compiled pipeline: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`;
    throw new PermanentError('PIPELINE_SPEC', message, {where, hint: HINT});
  }
  for (const [name, {container}] of Object.entries(parsed.data.deploymentSpec.executors)) {
    const image = container?.image;
    if (image === undefined || image === TRAINER_IMAGE || BY_DIGEST.test(image)) continue;
    throw new PermanentError('PIPELINE_SPEC', `${name} runs the image ${image}, which can change`, {
      where,
      hint: `Name it by digest, or use "${TRAINER_IMAGE}", which stands for the image of trainer.source.`,
    });
  }
  return parsed.data;
}

/**
 * Checks that a pipeline takes what a run has for it, and no more than that.
 * @throws PermanentError PIPELINE_INPUTS
 */
export function assertTakes(
  {root}: CompiledPipeline,
  needed: readonly string[],
  welcome: readonly string[],
  where: string,
): void {
  const {parameters} = root.inputDefinitions;
  const missing = needed.filter((name) => parameters[name] === undefined);
  if (missing.length > 0) throw inputs(`it has no parameter ${missing.join(', ')}`, where);
  const given = new Set([...needed, ...welcome]);
  const unmet = Object.entries(parameters)
    .filter(
      ([name, {isOptional, defaultValue}]) => !given.has(name) && !isOptional && defaultValue === undefined,
    )
    .map(([name]) => name);
  if (unmet.length > 0)
    throw inputs(`nobody gives it the parameter ${unmet.join(', ')}, which has no default`, where);
}

/**
 * The parameters of one job, each with the type that the pipeline has for it.
 * @throws PermanentError PIPELINE_INPUTS
 */
export function parametersFor(
  compiled: CompiledPipeline,
  {needed, welcome}: Offer,
  where: string,
): PipelineParameters {
  assertTakes(compiled, Object.keys(needed), Object.keys(welcome), where);
  const {parameters} = compiled.root.inputDefinitions;
  const taken = Object.entries({...welcome, ...needed}).flatMap(([name, value]) => {
    const type = parameters[name]?.parameterType;
    return type === undefined ? [] : [[name, typed(name, value, type, where)] as const];
  });
  return Object.fromEntries(taken);
}

function typed(name: string, value: string | number, type: string, where: string): string | number {
  if (type === 'STRING') return String(value);
  const fits = type === 'NUMBER_INTEGER' ? Number.isInteger(value) : typeof value === 'number';
  if (fits && type.startsWith('NUMBER_')) return value;
  throw inputs(`its parameter ${name} is ${type} and would be ${JSON.stringify(value)}`, where);
}

/** The pipeline with an image in the place of the one that stands for it. */
export function withTrainerImage(compiled: CompiledPipeline, image: string): CompiledPipeline {
  const executors = Object.entries(compiled.deploymentSpec.executors).map(([name, executor]) => {
    const {container} = executor;
    if (container?.image !== TRAINER_IMAGE) return [name, executor] as const;
    return [name, {...executor, container: {...container, image}}] as const;
  });
  const deploymentSpec = {...compiled.deploymentSpec, executors: Object.fromEntries(executors)};
  return {...compiled, deploymentSpec};
}

function inputs(what: string, where: string): PermanentError {
  return new PermanentError('PIPELINE_INPUTS', `the compiled pipeline does not fit: ${what}`, {
    where,
    hint: 'docs/reference/trainer-contract.md lists the parameters; give the others a default.',
  });
}
