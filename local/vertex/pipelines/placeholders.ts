import {ApiError} from '../../api-error.ts';
import {argumentOf, type Values} from './parameter-values.ts';

export interface Artifact {
  readonly name: string;
  readonly type: {readonly schemaTitle: string};
  readonly uri: string;
  readonly metadata: Readonly<Record<string, never>>;
}

/** All that a task reads and writes: `ExecutorInput` of the pipeline's wire, which `{{$}}` stands for. */
export interface ExecutorInput {
  readonly inputs: {
    readonly parameterValues: Values;
    readonly artifacts: Readonly<Record<string, {readonly artifacts: readonly Artifact[]}>>;
  };
  readonly outputs: {
    readonly parameters: Readonly<Record<string, {readonly outputFile: string}>>;
    readonly artifacts: Readonly<Record<string, {readonly artifacts: readonly Artifact[]}>>;
    readonly outputFile: string;
  };
}

export interface Surroundings {
  readonly jobName: string;
  readonly taskName: string;
  readonly root: string;
  /** The file of this machine behind a gs:// address. */
  pathOf(uri: string): string;
}

const PLACEHOLDER =
  /\{\{\$(?:\.(?<way>inputs|outputs)\.(?<kind>parameters|artifacts)\['(?<key>[^']+)'\](?:\.(?<field>\w+)|\['(?<quoted>\w+)'\])?|\.(?<word>\w+))?\}\}/g;

/**
 * Replaces the placeholders of one argument.
 * @throws ApiError UNIMPLEMENTED for one that this cloud does not know
 */
export function fill(text: string, input: ExecutorInput, around: Surroundings): string {
  if (/^\{"(?:Concat|IfPresent)":/.test(text)) throw unknown(text);
  return text.replace(PLACEHOLDER, (placeholder, ...rest) => {
    const {way, kind, key, field, quoted, word} = rest.at(-1);
    const value =
      way === undefined
        ? wordOf(word, input, around)
        : fieldOf(`${way}.${kind}`, {key, field: field ?? quoted}, input, around);
    if (value === undefined) throw unknown(placeholder);
    return value;
  });
}

function wordOf(
  word: string | undefined,
  input: ExecutorInput,
  {jobName, taskName, root}: Surroundings,
): string | undefined {
  switch (word) {
    case undefined:
      return JSON.stringify(input);
    case 'pipeline_job_name':
      return jobName;
    case 'pipeline_task_name':
      return taskName;
    case 'pipeline_root':
      return root;
    default:
      return undefined;
  }
}

function fieldOf(
  place: string,
  {key, field}: {readonly key: string; readonly field: string | undefined},
  {inputs, outputs}: ExecutorInput,
  around: Surroundings,
): string | undefined {
  if (place === 'inputs.parameters') {
    const value = inputs.parameterValues[key];
    return value === undefined ? undefined : argumentOf(value);
  }
  if (place === 'outputs.parameters')
    return field === 'output_file' ? outputs.parameters[key]?.outputFile : undefined;
  const {artifacts} = place === 'inputs.artifacts' ? inputs : outputs;
  const artifact = artifacts[key]?.artifacts[0];
  if (field === 'path') return artifact && around.pathOf(artifact.uri);
  return field === 'uri' ? artifact?.uri : undefined;
}

function unknown(placeholder: string): ApiError {
  return new ApiError('UNIMPLEMENTED', `The local cloud does not know the placeholder ${placeholder}.`);
}
