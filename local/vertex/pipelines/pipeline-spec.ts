import {ApiError} from '../../api-error.ts';
import {parseRequest} from '../../request.ts';
import {
  type Component,
  type Container,
  type ParameterInput,
  type PipelineSpec,
  specSchema,
  type Task,
} from './pipeline-schema.ts';
import {assertNoCycle} from './task-order.ts';

/**
 * Reads a compiled pipeline.
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

function assertParameter(spec: PipelineSpec, input: ParameterInput, which: string): void {
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
