import {z} from 'zod';
import {ApiError} from '../../api-error.ts';
import {parseRequest} from '../../request.ts';
import {assertNoCycle} from './task-order.ts';

const parameterType = z.enum(['STRING', 'NUMBER_INTEGER', 'NUMBER_DOUBLE', 'BOOLEAN', 'LIST', 'STRUCT']);

const parameter = z.looseObject({
  parameterType,
  defaultValue: z.json().optional(),
  isOptional: z.boolean().optional(),
});

const artifact = z.looseObject({
  artifactType: z.looseObject({schemaTitle: z.string().default('system.Artifact')}),
});

const definitions = z.looseObject({
  parameters: z.record(z.string(), parameter).default({}),
  artifacts: z.record(z.string(), artifact).default({}),
});

const component = z.looseObject({
  executorLabel: z.string().optional(),
  inputDefinitions: definitions.prefault({}),
  outputDefinitions: definitions.prefault({}),
});

/** A value known when the job starts, a parameter of the job, or what another task wrote. */
const parameterInput = z.looseObject({
  runtimeValue: z.looseObject({constant: z.json()}).optional(),
  componentInputParameter: z.string().optional(),
  taskOutputParameter: z.looseObject({producerTask: z.string(), outputParameterKey: z.string()}).optional(),
});

const artifactInput = z.looseObject({
  taskOutputArtifact: z.looseObject({producerTask: z.string(), outputArtifactKey: z.string()}).optional(),
});

const task = z.looseObject({
  componentRef: z.looseObject({name: z.string()}),
  dependentTasks: z.array(z.string()).default([]),
  inputs: z
    .looseObject({
      parameters: z.record(z.string(), parameterInput).default({}),
      artifacts: z.record(z.string(), artifactInput).default({}),
    })
    .prefault({}),
});

const container = z.looseObject({
  image: z.string().min(1),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(z.strictObject({name: z.string(), value: z.string()})).default([]),
});

const specSchema = z.looseObject({
  schemaVersion: z.literal('2.1.0', 'the local cloud reads version 2.1.0'),
  pipelineInfo: z.looseObject({name: z.string()}),
  components: z.record(z.string(), component),
  deploymentSpec: z.looseObject({
    executors: z.record(z.string(), z.looseObject({container: container.optional()})),
  }),
  root: z.looseObject({
    inputDefinitions: definitions.prefault({}),
    dag: z.looseObject({tasks: z.record(z.string(), task)}),
  }),
});

export type PipelineSpec = z.output<typeof specSchema>;
export type Task = z.output<typeof task>;
export type Component = z.output<typeof component>;
type Container = z.output<typeof container>;
export type ParameterType = z.output<typeof parameterType>;

/**
 * Reads a compiled pipeline: https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto
 * @throws ApiError INVALID_ARGUMENT for what is no pipeline, names what is not there, or goes round; UNIMPLEMENTED for what this cloud does not run
 */
export function readPipelineSpec(spec: unknown): PipelineSpec {
  const read = parseRequest(specSchema, spec);
  for (const [name, {componentRef, ...rest}] of Object.entries(read.root.dag.tasks)) {
    for (const field of ['triggerPolicy', 'parameterIterator', 'artifactIterator', 'iteratorPolicy'])
      if (rest[field] !== undefined) throw notRun(`task "${name}" has a ${field}`);
    containerOf(read, componentRef.name);
    assertInputs(read, name);
  }
  assertNoCycle(read.root.dag.tasks);
  return read;
}

export function taskOf(spec: PipelineSpec, name: string): Task {
  const found = spec.root.dag.tasks[name];
  if (found === undefined) throw invalid(`there is no task "${name}"`);
  return found;
}

export function componentOf(spec: PipelineSpec, name: string): Component {
  const found = spec.components[name];
  if (found === undefined) throw invalid(`there is no component "${name}"`);
  return found;
}

/** The container of a component. @throws ApiError when there is none */
export function containerOf(spec: PipelineSpec, name: string): Container {
  const found = componentOf(spec, name);
  if (found.executorLabel === undefined) throw notRun(`component "${name}" is a pipeline itself`);
  const executor = spec.deploymentSpec.executors[found.executorLabel];
  if (executor === undefined) throw invalid(`there is no executor "${found.executorLabel}"`);
  if (executor.container === undefined) throw notRun(`executor "${found.executorLabel}" is no container`);
  return executor.container;
}

function assertInputs(spec: PipelineSpec, name: string): void {
  const {inputs, componentRef} = taskOf(spec, name);
  for (const [key, input] of Object.entries(inputs.parameters))
    assertParameter(spec, input, `input "${key}" of task "${name}"`);
  for (const [key, {taskOutputArtifact}] of Object.entries(inputs.artifacts)) {
    if (taskOutputArtifact === undefined) throw notRun(`artifact "${key}" of task "${name}"`);
    const {artifacts} = outputsOf(spec, taskOutputArtifact.producerTask);
    if (artifacts[taskOutputArtifact.outputArtifactKey] === undefined)
      throw invalid(`artifact "${key}" of task "${name}" is the output of no task`);
  }
  const {parameters} = componentOf(spec, componentRef.name).inputDefinitions;
  for (const [key, {isOptional, defaultValue}] of Object.entries(parameters))
    if (inputs.parameters[key] === undefined && !isOptional && defaultValue === undefined)
      throw invalid(`task "${name}" is not given its parameter "${key}"`);
}

function assertParameter(spec: PipelineSpec, input: z.output<typeof parameterInput>, which: string): void {
  const {runtimeValue, componentInputParameter, taskOutputParameter} = input;
  if (runtimeValue !== undefined) return;
  if (taskOutputParameter !== undefined) {
    const {parameters} = outputsOf(spec, taskOutputParameter.producerTask);
    if (parameters[taskOutputParameter.outputParameterKey] === undefined)
      throw invalid(`${which} is the output of no task`);
    return;
  }
  if (componentInputParameter === undefined) throw notRun(which);
  if (spec.root.inputDefinitions.parameters[componentInputParameter] === undefined)
    throw invalid(`there is no parameter "${componentInputParameter}" for ${which}`);
}

function outputsOf(spec: PipelineSpec, taskName: string): Component['outputDefinitions'] {
  return componentOf(spec, taskOf(spec, taskName).componentRef.name).outputDefinitions;
}

/** The words of the service are not known; these say what is wrong. */
function invalid(what: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', `Invalid pipeline spec: ${what}.`);
}

function notRun(what: string): ApiError {
  return new ApiError('UNIMPLEMENTED', `The local cloud does not run this pipeline: ${what}.`);
}
