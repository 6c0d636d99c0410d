import assert from 'node:assert/strict';
import {trainingArguments, trainingOffer, tuningArguments} from '../../../shared/domain/trainer-arguments.ts';

const part = (name: string) => ({uri: `gs://runs/flowers/r1/split/${name}.csv`, rows: 1});
const SPLIT = {
  manifest: 'gs://runs/flowers/r1/split/manifest.json',
  manifestSha256: '',
  columns: ['length', 'species'],
  parts: {training: part('training'), validation: part('validation'), test: part('test')},
  rejected: 0,
  labelSentence: '',
};

const FINAL = {on: 'training', slices: [], championModelDir: undefined} as const;

const DATA = {format: 'csv', label: 'species', delimiter: ','} as const;

describe('tuningArguments', () => {
  it('give a trial the training and validation rows and keep the test rows from it', () => {
    assert.deepEqual(tuningArguments(SPLIT, DATA), [
      '--training_dataset_path=gs://runs/flowers/r1/split/training.csv',
      '--validation_dataset_path=gs://runs/flowers/r1/split/validation.csv',
      '--label=species',
      '--hptune',
    ]);
  });
});

describe('trainingArguments', () => {
  it('add the test rows, the best parameters and the champion to beat', () => {
    const parameters = {alpha: 1e-7, max_iter: 500, penalty: 'l2'};

    assert.deepEqual(
      trainingArguments(SPLIT, DATA, parameters, {
        on: 'training+validation',
        slices: ['colour', 'the size'],
        championModelDir: 'gs://runs/flowers/r0/model/',
      }),
      [
        '--training_dataset_path=gs://runs/flowers/r1/split/training.csv',
        '--validation_dataset_path=gs://runs/flowers/r1/split/validation.csv',
        '--label=species',
        '--test_dataset_path=gs://runs/flowers/r1/split/test.csv',
        '--alpha=1e-7',
        '--max_iter=500',
        '--penalty=l2',
        '--train_on=training+validation',
        '--slice_column=colour',
        '--slice_column=the size',
        '--champion_model_dir=gs://runs/flowers/r0/model/',
        '--nohptune',
      ],
    );
  });

  it('name no champion before there is one', () => {
    const given = trainingArguments(SPLIT, DATA, {}, FINAL);

    assert.ok(!given.some((argument) => argument.startsWith('--champion_model_dir')));
    assert.equal(given.at(-1), '--nohptune');
  });

  it('keep a label with spaces and dashes in one argument', () => {
    assert.ok(
      trainingArguments(SPLIT, {...DATA, label: '--the label'}, {}, FINAL).includes('--label=--the label'),
    );
  });

  it('tell what separates the fields when it is not a comma', () => {
    const given = trainingArguments(SPLIT, {...DATA, delimiter: ';'}, {}, FINAL);

    assert.ok(given.includes('--delimiter=;'));
  });
});

describe('trainingOffer', () => {
  const places = {modelDir: 'gs://runs/flowers/r1/train/model/', admission: 'gs://admissions/r1-train/a1'};

  it('has a compiled pipeline take the columns of the slices, as one list', () => {
    const {needed} = trainingOffer(SPLIT, DATA, {}, {...FINAL, ...places, slices: ['colour', 'the, size']});

    assert.equal(needed.slice_columns, '["colour","the, size"]');
  });

  it('asks nothing special of a pipeline where pipeline.yaml has the defaults', () => {
    const {needed} = trainingOffer(SPLIT, DATA, {alpha: 1}, {...FINAL, ...places});

    assert.deepEqual(Object.keys(needed).toSorted(), [
      'alpha',
      'model_dir',
      'test_dataset_path',
      'training_dataset_path',
    ]);
  });
});
