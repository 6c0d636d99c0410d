import assert from 'node:assert/strict';
import {estimateOf} from '../../../shared/domain/estimate.ts';
import {LIST_PRICES} from '../../../shared/domain/list-prices.ts';
import type {Pipeline} from '../../../shared/domain/pipeline.ts';
import {pricesSchema} from '../../../shared/domain/prices.ts';
import {parsePipeline} from '../../../shared/pipeline-file.ts';
import {PIPELINE_YAML} from '../../support/story.ts';

const MARKET = {prices: LIST_PRICES, region: 'us-central1'};
const HOURLY = 0.21849885;
const {pipeline} = parsePipeline(PIPELINE_YAML, 'pipeline.yaml');

const tuned = (tune: Partial<Pipeline['tune']>, budget?: Pipeline['budget']): Pipeline => ({
  ...pipeline,
  budget,
  tune: {...pipeline.tune, ...tune},
});

describe('the list prices', () => {
  it('satisfy the schema that a table of one’s own has to', () => {
    assert.deepEqual(pricesSchema.parse(LIST_PRICES), LIST_PRICES);
  });

  for (const broken of [{date: 'today'}, {source: 'a friend'}, {currency: 'EUR'}])
    it(`would not with ${JSON.stringify(broken)}`, () => {
      assert.equal(pricesSchema.safeParse({...LIST_PRICES, ...broken}).success, false);
    });
});

describe('an estimate', () => {
  it('bounds each stage by the time after which it is ended', () => {
    assert.deepEqual(estimateOf(tuned({parallelTrials: 2}), 'split', MARKET), {
      prices: '2026-11-23',
      build: {what: 'Cloud Build', hourly: 0.36, atMost: 0.18},
      tuning: {what: 'n1-standard-4', hourly: HOURLY, atMost: HOURLY * 48},
      training: {what: 'n1-standard-4', hourly: HOURLY, atMost: HOURLY * 24},
      serving: {what: 'n1-standard-2', hourly: 0.1095},
    });
  });

  it('bounds tuning by its budget where that is less', () => {
    const tuningOf = (budget: Pipeline['budget']) =>
      estimateOf(tuned({}, budget), 'split', MARKET).tuning?.atMost;

    assert.equal(tuningOf({maxNodeHours: 3}), HOURLY * 3);
    assert.equal(tuningOf({maxNodeHours: 3, maxCost: 0.5})?.toFixed(6), '0.500000');
    assert.equal(tuningOf({maxNodeHours: 1000}), HOURLY * 24);
  });

  it('of a rerun is about what is still to come', () => {
    assert.deepEqual(Object.keys(estimateOf(pipeline, 'train', MARKET)), ['prices', 'training', 'serving']);
    assert.deepEqual(Object.keys(estimateOf({...pipeline, serve: 'none'}, 'release', MARKET)), ['prices']);
  });

  it('has no figure for a machine without a price', () => {
    for (const machineType of ['a3-megagpu-8g', 'constructor', '']) {
      const {tuning} = estimateOf(tuned({machineType}, {maxNodeHours: 3}), 'split', MARKET);

      assert.deepEqual(tuning, {what: machineType});
    }
  });

  it('has no figure in a region without prices', () => {
    const {build, tuning} = estimateOf(pipeline, 'split', {...MARKET, region: 'europe-west4'});

    assert.deepEqual([build, tuning], [{what: 'Cloud Build'}, {what: 'n1-standard-4'}]);
  });

  it('has no figure for AI Platform, nor for a compiled pipeline', () => {
    const ml = estimateOf({...pipeline, platform: 'ai-platform'}, 'tune', MARKET);
    const compiled = {...pipeline, trainer: {...pipeline.trainer, kind: 'pipeline'} as const};

    assert.deepEqual(ml.tuning, {what: 'n1-standard-4'});
    assert.deepEqual(ml.serving, {what: 'n1-standard-2'});
    assert.deepEqual(estimateOf(compiled, 'tune', MARKET).training, {what: 'a compiled pipeline'});
  });
});
