import {admissionObjectOf} from './admission.ts';
import type {Offer} from './compiled-pipeline.ts';
import type {Pipeline} from './pipeline.ts';
import type {RunFacts} from './run.ts';
import type {DataDefinition} from './split/split-definition.ts';

type Split = NonNullable<RunFacts['split']>;
type TableForm = Pick<DataDefinition, 'label' | 'delimiter'>;

/** Container arguments of one tuning trial; the service appends `--<parameter>=<value>` for each hyperparameter. */
export function tuningArguments(split: Split, data: TableForm): string[] {
  return [...datasetArguments(split, data), '--hptune'];
}

interface FinalTraining {
  readonly on: Pipeline['train']['on'];
  readonly slices: readonly string[];
  readonly championModelDir: string | undefined;
}

/** Container arguments of the final training with the best trial's hyperparameters. */
export function trainingArguments(
  split: Split,
  data: TableForm,
  parameters: Readonly<Record<string, number | string>>,
  {on, slices, championModelDir}: FinalTraining,
): string[] {
  return [
    ...datasetArguments(split, data),
    `--test_dataset_path=${split.parts.test.uri}`,
    ...Object.entries(parameters).map(([name, value]) => `--${name}=${value}`),
    ...(on === 'training' ? [] : [`--train_on=${on}`]),
    ...slices.map((column) => `--slice_column=${column}`),
    ...(championModelDir === undefined ? [] : [`--champion_model_dir=${championModelDir}`]),
    '--nohptune',
  ];
}

/** Names of {@link trainingOffer} that a compiled pipeline must take whatever pipeline.yaml says, and those it may take. */
export const OFFERED = {
  needed: ['training_dataset_path', 'test_dataset_path', 'model_dir'],
  welcome: ['validation_dataset_path', 'label', 'champion_model_dir', 'admission_object'],
};

/** What a compiled pipeline must take besides because pipeline.yaml asks for other than the defaults. */
export function specialParameters(
  {on, slices}: Pick<FinalTraining, 'on' | 'slices'>,
  {delimiter}: Pick<TableForm, 'delimiter'>,
): Readonly<Record<string, string>> {
  return {
    ...(on === 'training' ? {} : {train_on: on}),
    ...(slices.length === 0 ? {} : {slice_columns: JSON.stringify(slices)}),
    ...(delimiter === ',' ? {} : {delimiter}),
  };
}

/**
 * What a compiled pipeline gets where a container gets arguments.
 * @param modelDir `gs://` folder for the model and its evaluation, ends with `/`
 */
export function trainingOffer(
  {parts}: Split,
  data: TableForm,
  parameters: Readonly<Record<string, number | string>>,
  {
    on,
    slices,
    championModelDir,
    modelDir,
    admission,
  }: FinalTraining & {readonly modelDir: string; readonly admission: string},
): Offer {
  return {
    needed: {
      training_dataset_path: parts.training.uri,
      test_dataset_path: parts.test.uri,
      model_dir: modelDir,
      ...parameters,
      ...specialParameters({on, slices}, data),
    },
    welcome: {
      validation_dataset_path: parts.validation.uri,
      label: data.label,
      admission_object: admission,
      ...(championModelDir === undefined ? {} : {champion_model_dir: championModelDir}),
    },
  };
}

/** Where the container says that it enters, before any paid work. */
export function admissionUri(bucket: string, effectKey: string, attempt: number): string {
  return `gs://${bucket}/${admissionObjectOf(effectKey, attempt)}`;
}

function datasetArguments({parts}: Split, {label, delimiter}: TableForm): string[] {
  return [
    `--training_dataset_path=${parts.training.uri}`,
    `--validation_dataset_path=${parts.validation.uri}`,
    `--label=${label}`,
    ...(delimiter === ',' ? [] : [`--delimiter=${delimiter}`]),
  ];
}
