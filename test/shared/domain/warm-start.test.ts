import assert from 'node:assert/strict';
import type {Parameter} from '../../../shared/domain/study.ts';
import {searchOf, warmStartSentence} from '../../../shared/domain/warm-start.ts';
import {parsePipeline} from '../../../shared/pipeline-file.ts';
import {PIPELINE_YAML} from '../../support/story.ts';

type Definition = Parameters<typeof searchOf>[0];

const {pipeline} = parsePipeline(PIPELINE_YAML, 'pipeline.yaml');
const alpha: Parameter = {double: [0.1, 1]};
const depth: Parameter = {integer: [1, 3]};

function searching(changes: Partial<Definition['tune']>): Definition {
  return {...pipeline, tune: {...pipeline.tune, parameters: {alpha, depth}, ...changes}};
}

describe('searchOf', () => {
  it('is the same under other limits, and whatever order the parameters stand in', () => {
    const other = searching({
      parameters: {depth, alpha},
      maxTrials: 50,
      algorithm: 'random',
      warmStart: true,
    });

    assert.equal(searchOf(searching({})), searchOf(other));
  });

  const others: Readonly<Record<string, Definition>> = {
    'other parameters': searching({parameters: {alpha}}),
    'other bounds': searching({parameters: {alpha: {double: [0.1, 2]}, depth}}),
    'another metric': searching({metric: 'f1'}),
    'another goal': searching({goal: 'minimize'}),
    'another platform': {...searching({}), platform: 'ai-platform'},
  };
  for (const [what, other] of Object.entries(others)) {
    it(`is another with ${what}`, () => {
      assert.notEqual(searchOf(searching({})), searchOf(other));
    });
  }
});

describe('warmStartSentence', () => {
  it('says where a search began that wanted a warm start, and nothing of any other', () => {
    assert.deepEqual(warmStartSentence({warmStart: true}, 'projects/p/jobs/r1_tune_a1'), [
      'the search went on from the trials of r1_tune_a1',
    ]);
    assert.match(warmStartSentence({warmStart: true}, undefined).join(), /^the search began anew/);
    assert.deepEqual(warmStartSentence({warmStart: false}, undefined), []);
    assert.deepEqual(warmStartSentence({}, undefined), []);
  });
});
