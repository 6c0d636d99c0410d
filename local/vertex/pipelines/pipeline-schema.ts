import {z} from 'zod';

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

/** https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto */
export const specSchema = z.looseObject({
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
export type Container = z.output<typeof container>;
export type ParameterType = z.output<typeof parameterType>;
export type ParameterInput = z.output<typeof parameterInput>;
