import {admissionObjectOf} from './admission.ts';
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

/** Where the container says that it enters, before any paid work. */
export function admissionArgument(bucket: string, effectKey: string, attempt: number): string {
  return `--admission_object=gs://${bucket}/${admissionObjectOf(effectKey, attempt)}`;
}

function datasetArguments({parts}: Split, {label, delimiter}: TableForm): string[] {
  return [
    `--training_dataset_path=${parts.training.uri}`,
    `--validation_dataset_path=${parts.validation.uri}`,
    `--label=${label}`,
    ...(delimiter === ',' ? [] : [`--delimiter=${delimiter}`]),
  ];
}
