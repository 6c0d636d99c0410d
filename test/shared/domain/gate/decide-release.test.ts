import assert from 'node:assert/strict';
import fc from 'fast-check';
import {decideRelease} from '../../../../shared/domain/gate/decide-release.ts';
import type {Evaluation} from '../../../../shared/domain/gate/evaluation.ts';
import {type GateRules, gateSchema} from '../../../../shared/domain/gate/rules.ts';

const MODEL = {file: 'model.joblib', sha256: 'c'.repeat(64), bytes: 7};
const RULES: GateRules = {...gateSchema.parse({}), metric: 'accuracy', goal: 'maximize'};
const UNTESTED: GateRules = {...RULES, beatChampion: {by: 0, confidence: 0}};

function evaluation(metrics: Record<string, number>, champion?: Record<string, number>): Evaluation {
  return {
    rows: 200,
    metrics,
    model: MODEL,
    ...(champion === undefined ? {} : {champion: {metrics: champion}}),
  };
}

/** Two models on the same rows; on `rest` of them both were right. */
function paired(wins: number, losses: number, rest = 100): Evaluation {
  const rows = wins + losses + rest;
  const counts = {both_right: rest, only_challenger: wins, only_champion: losses, both_wrong: 0};
  return {
    rows,
    metrics: {accuracy: (rest + wins) / rows},
    champion: {metrics: {accuracy: (rest + losses) / rows}},
    paired: counts,
    model: MODEL,
  };
}

function decisionOn(found: Evaluation, rules = RULES) {
  const {released, reason, sentence} = decideRelease(found, rules, '3');
  return {released, reason, sentence};
}

describe('decideRelease', () => {
  it('releases a first version that reaches the minimum', () => {
    const decision = decideRelease(evaluation({accuracy: 0.7}), {...RULES, minimum: {accuracy: 0.7}});

    assert.deepEqual(decision, {
      released: true,
      reason: 'first-version',
      numbers: {
        rows: 200,
        metric: 'accuracy',
        challenger: 0.7,
        minimum: [{metric: 'accuracy', least: 0.7, found: 0.7}],
      },
      sentence: 'first version: accuracy 0.7 on 200 test rows',
    });
  });

  it('releases a challenger that wins clearly, with every number on record', () => {
    const {sentence, numbers} = decideRelease(paired(30, 10, 1160), RULES, '3');

    assert.equal(sentence, 'accuracy 0.9917 against 0.975 of version 3 on the same 1,200 rows, p = 0.0011');
    assert.deepEqual(numbers?.champion, {version: '3', value: 0.975});
    assert.deepEqual(numbers?.gain, {found: 1190 / 1200 - 0.975, needed: 0});
    const {p, ...test} = numbers?.test ?? {p: 1};
    assert.deepEqual(test, {kind: 'mcnemar', onlyChallenger: 30, onlyChampion: 10, below: 0.05});
    assert.ok(Math.abs(p - 0.0011107) < 1e-6);
  });

  it('keeps a champion that a challenger beats by no more than chance explains', () => {
    assert.deepEqual(decisionOn(paired(43, 40, 1057)), {
      released: false,
      reason: 'not-significant',
      sentence:
        'kept version 3: accuracy 0.9649 against 0.9623 on the same 1,140 rows, p = 0.41, needed p < 0.05',
    });
  });

  it('asks for as much confidence as the pipeline does', () => {
    assert.ok(decisionOn(paired(10, 2)).released);
    const strict: GateRules = {...RULES, beatChampion: {by: 0, confidence: 0.99}};
    assert.match(decisionOn(paired(10, 2), strict).sentence, /p = 0\.019, needed p < 0\.01$/);
  });

  it('lets the numbers alone decide when no confidence is asked for', () => {
    assert.deepEqual(decisionOn(evaluation({accuracy: 0.9}, {accuracy: 0.9}), UNTESTED), {
      released: true,
      reason: 'better',
      sentence: 'accuracy 0.9 against 0.9 of version 3 on the same 200 rows',
    });
  });

  it('takes less for better when the goal says so', () => {
    const beatChampion = {by: 0.125, confidence: 0} as const;
    const rules: GateRules = {...RULES, metric: 'loss', goal: 'minimize', beatChampion};

    assert.ok(decisionOn(evaluation({loss: 0.25}, {loss: 0.375}), rules).released);
    assert.ok(!decisionOn(evaluation({loss: 0.375}, {loss: 0.25}), rules).released);
  });

  it('takes a gain for the one asked for when only rounding is between them', () => {
    const rules: GateRules = {...UNTESTED, beatChampion: {by: 0.05, confidence: 0}};

    assert.ok(decisionOn(evaluation({accuracy: 0.95}, {accuracy: 0.9}), rules).released);
  });

  it('tests another metric than accuracy by the resamples that the trainer drew', () => {
    const rules: GateRules = {...RULES, metric: 'loss', goal: 'minimize'};
    const found = evaluation({loss: 0.25}, {loss: 0.375});
    const gains = (lost: number) => Array.from({length: 999}, (_, index) => (index < lost ? 0.01 : -0.1));

    const {released, numbers} = decideRelease({...found, resamples: {loss: gains(48)}}, rules, '3');
    assert.ok(released);
    assert.deepEqual(numbers?.test, {kind: 'bootstrap', resamples: 999, p: 0.049, below: 0.05});
    assert.deepEqual(decisionOn({...found, resamples: {loss: gains(49)}}, rules), {
      released: false,
      reason: 'not-significant',
      sentence: 'kept version 3: loss 0.25 against 0.375 on the same 200 rows, p = 0.05, needed p < 0.05',
    });
  });

  it('takes resamples in which both models are equal for lost', () => {
    const rules: GateRules = {...RULES, metric: 'f1'};
    const found = {...evaluation({f1: 0.9}, {f1: 0.9}), resamples: {f1: Array<number>(500).fill(0)}};

    assert.equal(decideRelease(found, rules, '3').numbers?.test?.p, 1);
  });

  it('releases when the champion cannot be scored, and says why it could not', () => {
    assert.deepEqual(decisionOn({...evaluation({accuracy: 0.9}), champion_error: 'its file is gone'}), {
      released: true,
      reason: 'champion-unscored',
      sentence: 'accuracy 0.9 on 200 test rows; version 3 could not be compared (its file is gone)',
    });
    assert.match(decisionOn(evaluation({accuracy: 0.9}, {f1: 0})).sentence, /\(it has no accuracy\)$/);
  });

  it('refuses a comparison that the trainer gave no means to test', () => {
    assert.deepEqual(decisionOn(evaluation({accuracy: 0.9}, {accuracy: 0.8})), {
      released: false,
      reason: 'not-tested',
      sentence:
        'kept version 3: accuracy 0.9 against 0.8 on the same 200 rows, and evaluation.json has nothing to test the difference in accuracy by',
    });
  });

  it('refuses below the minimum and names both numbers', () => {
    assert.deepEqual(decisionOn(evaluation({accuracy: 0.651234}), {...RULES, minimum: {accuracy: 0.7}}), {
      released: false,
      reason: 'below-minimum',
      sentence: 'accuracy is 0.6512 on 200 test rows, gate.minimum asks for 0.7',
    });
  });

  it('never rounds a number up to the minimum that it falls short of', () => {
    const {sentence} = decisionOn(evaluation({accuracy: 0.84999}), {...RULES, minimum: {accuracy: 0.85}});

    assert.equal(sentence, 'accuracy is 0.84999 on 200 test rows, gate.minimum asks for 0.85');
  });

  it('refuses when a metric of the minimum was not measured', () => {
    const rules = {...RULES, minimum: {accuracy: 0.5, recall: 0.5}};

    assert.equal(
      decisionOn(evaluation({accuracy: 0.9}), rules).sentence,
      'the evaluation has no metric "recall", which gate.minimum asks for',
    );
  });

  it('refuses an evaluation without the metric the trials were tuned for', () => {
    assert.deepEqual(decisionOn(evaluation({f1: 1})), {
      released: false,
      reason: 'metric-missing',
      sentence: 'the evaluation has no metric "accuracy", which the trials were tuned for',
    });
  });

  it('refuses a minimum that is compared with no number', () => {
    const rules = {...RULES, minimum: {accuracy: 0}};

    assert.ok(!decisionOn(evaluation({accuracy: Number.NaN}), rules).released);
  });

  it('refuses below the minimum even when the champion is worse', () => {
    const rules = {...RULES, minimum: {accuracy: 0.95}};

    assert.equal(decisionOn({...paired(30, 1, 30), metrics: {accuracy: 0.9}}, rules).reason, 'below-minimum');
  });

  const shortfalls: Readonly<Record<string, readonly [number, RegExp]>> = {
    'is worse': [0, /^kept version 3: accuracy 0\.8 against 0\.9 on the same 200 rows, which is worse$/],
    'gains too little': [0.05, /, needed a gain of 0\.05$/],
    'is worse by more than may be': [-0.05, /, which is worse by more than 0\.05$/],
  };
  for (const [title, [by, sentence]] of Object.entries(shortfalls)) {
    it(`keeps the champion when the challenger ${title}`, () => {
      const rules: GateRules = {...RULES, beatChampion: {by, confidence: 0}};
      const found = decisionOn(evaluation({accuracy: 0.8}, {accuracy: 0.9}), rules);

      assert.equal(found.reason, 'gain-too-small');
      assert.match(found.sentence, sentence);
    });
  }
});

describe('slices', () => {
  const rules: GateRules = {...RULES, slices: ['colour'], sliceTolerance: 0.05};
  const slice = (value: string, champion: number, challenger: number, column = 'colour') => ({
    column,
    value,
    rows: 40,
    champion,
    challenger,
  });
  const better = paired(20, 2);

  it('let a challenger pass that loses as much as the tolerance in one of them', () => {
    const {released, numbers} = decideRelease({...better, slices: [slice('red', 40, 38)]}, rules, '3');

    assert.ok(released);
    assert.deepEqual(numbers?.slices, {
      tolerance: 0.05,
      missing: [],
      found: [{column: 'colour', value: 'red', rows: 40, challenger: 0.95, champion: 1}],
    });
  });

  it('keep out a challenger that is better on the whole and worse in one of them', () => {
    const slices = [slice('red', 30, 40), slice('blue', 40, 37), slice('green', 32, 28)];

    assert.deepEqual(decisionOn({...better, slices}, rules), {
      released: false,
      reason: 'slice-worse',
      sentence:
        'kept version 3: accuracy 0.9836 against 0.8361 on the same 122 rows, but where colour is "green" only 0.7 against 0.8 of 40 rows are right, gate.sliceTolerance is 0.05',
    });
  });

  it('of other columns do not count', () => {
    const slices = [slice('red', 40, 40), slice('huge', 40, 0, 'size')];

    assert.ok(decisionOn({...better, slices}, rules).released);
  });

  it('that the trainer did not write keep a challenger out', () => {
    assert.deepEqual(decisionOn(better, rules).reason, 'slice-missing');
    assert.match(decisionOn(better, rules).sentence, /no slices of colour, which gate\.slices asks for$/);
  });

  it('are not asked of a first version', () => {
    assert.ok(decideRelease(better, rules).released);
  });
});

describe('laws of the gate', () => {
  const confidence = fc.double({min: 0.5, max: 0.999, noNaN: true});
  const some = fc.nat({max: 300});

  it('symmetric counts never promote', () => {
    fc.assert(
      fc.property(some, some, confidence, (each, rest, sure) => {
        const rules: GateRules = {...RULES, beatChampion: {by: 0, confidence: sure}};

        assert.ok(!decisionOn(paired(each, each, rest + 1), rules).released);
      }),
    );
  });

  it('more evidence for the challenger never hurts it', () => {
    const by = fc.constantFrom(0, 0.01, 0.1);
    fc.assert(
      fc.property(fc.tuple(some, some, some), by, confidence, ([wins, losses, rest], least, sure) => {
        const rules: GateRules = {...RULES, beatChampion: {by: least, confidence: sure}};
        if (!decisionOn(paired(wins, losses, rest + 1), rules).released) return;

        assert.ok(decisionOn(paired(wins + 1, losses, rest + 1), rules).released, 'one more row won');
        if (losses > 0)
          assert.ok(decisionOn(paired(wins, losses - 1, rest + 2), rules).released, 'one less lost');
        assert.ok(decisionOn(paired(2 * wins, 2 * losses, 2 * rest + 2), rules).released, 'twice the rows');
      }),
    );
  });

  it('a better model is never refused where a worse one passes', () => {
    const anyMetric = fc.constantFrom(0.1, 0.5, 0.7, 0.9);
    fc.assert(
      fc.property(anyMetric, anyMetric, fc.option(anyMetric, {nil: undefined}), (one, other, rival) => {
        const rules: GateRules = {
          ...RULES,
          minimum: {accuracy: 0.5},
          beatChampion: {by: 0.1, confidence: 0},
        };
        const champion = rival === undefined ? undefined : {accuracy: rival};
        const decide = (accuracy: number) => decisionOn(evaluation({accuracy}, champion), rules).released;

        const [worse, better] = [Math.min(one, other), Math.max(one, other)];
        assert.ok(decide(better) || !decide(worse));
      }),
    );
  });
});
