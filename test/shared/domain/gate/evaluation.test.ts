import assert from 'node:assert/strict';
import {evaluationSchema} from '../../../../shared/domain/gate/evaluation.ts';

const MODEL = {file: 'model.joblib', sha256: 'c'.repeat(64), bytes: 7};
const SLICE = {column: 'colour', value: 'red', rows: 50, challenger: 40, champion: 50};
const PAIRED = {both_right: 150, only_challenger: 30, only_champion: 10, both_wrong: 10};
const SOUND = {
  rows: 200,
  metrics: {accuracy: 0.9},
  champion: {metrics: {accuracy: 0.8}},
  paired: PAIRED,
  resamples: {log_loss: Array<number>(200).fill(-0.1)},
  slices: [SLICE],
  model: MODEL,
};

describe('evaluationSchema', () => {
  it('accepts what the trainer writes, with or without a champion', () => {
    assert.ok(evaluationSchema.safeParse(SOUND).success);
    const alone = {...SOUND, champion: null, paired: null, resamples: null, slices: null};
    assert.ok(evaluationSchema.safeParse(alone).success);
    assert.ok(evaluationSchema.safeParse({rows: 1, metrics: {}, model: MODEL}).success);
  });

  const broken: Record<string, unknown> = {
    'no rows': {...SOUND, rows: 0},
    'half a row': {...SOUND, rows: 1.5},
    'a metric that is NaN': {...SOUND, metrics: {accuracy: Number.NaN}},
    'an infinite metric': {...SOUND, metrics: {accuracy: Number.POSITIVE_INFINITY}},
    'a metric in quotes': {...SOUND, metrics: {accuracy: '0.9'}},
    'a model outside the folder': {...SOUND, model: {...MODEL, file: '../model.joblib'}},
    'a model in a folder below': {...SOUND, model: {...MODEL, file: 'a/b'}},
    'a hidden file': {...SOUND, model: {...MODEL, file: '.model'}},
    'a digest in upper case': {...SOUND, model: {...MODEL, sha256: 'C'.repeat(64)}},
    'half a byte': {...SOUND, model: {...MODEL, bytes: 0.5}},
    'no model': {...SOUND, model: undefined},
    'a champion without metrics': {...SOUND, champion: {}},
    'paired counts of other rows': {...SOUND, rows: 201},
    'paired counts that contradict the accuracy': {...SOUND, metrics: {accuracy: 0.91}},
    'a count below zero': {...SOUND, paired: {...PAIRED, both_wrong: -1}},
    'too few resamples to tell': {...SOUND, resamples: {log_loss: Array<number>(199).fill(0)}},
    'a resample that is no number': {...SOUND, resamples: {log_loss: Array<null>(200).fill(null)}},
    'a slice with more right rows than rows': {...SOUND, slices: [{...SLICE, challenger: 51}]},
    'a slice of more rows than there are': {...SOUND, slices: [{...SLICE, rows: 201}]},
    'more slices than are read': {...SOUND, slices: Array(201).fill(SLICE)},
  };
  for (const [title, value] of Object.entries(broken)) {
    it(`refuses ${title}`, () => {
      assert.ok(!evaluationSchema.safeParse(value).success);
    });
  }
});
