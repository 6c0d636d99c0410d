import assert from 'node:assert/strict';
import fc from 'fast-check';
import {decideRelease, evaluationSchema, type GateRules, refuseOlder} from '../../../shared/domain/gate.ts';

const MODEL = {file: 'model.joblib', sha256: 'c'.repeat(64), bytes: 7};
const RULES: GateRules = {minimum: {}, beatChampionBy: 0, metric: 'accuracy', goal: 'maximize'};

function evaluation(metrics: Record<string, number>, champion?: Record<string, number>) {
  return {
    rows: 200,
    metrics,
    model: MODEL,
    ...(champion === undefined ? {} : {champion: {metrics: champion}}),
  };
}

describe('decideRelease', () => {
  it('releases a first version that reaches the minimum', () => {
    assert.deepEqual(decideRelease(evaluation({accuracy: 0.7}), {...RULES, minimum: {accuracy: 0.7}}), {
      released: true,
      sentence: 'first version: accuracy 0.7 on 200 test rows',
    });
  });

  it('releases a challenger that is as good as the champion when no gain is asked for', () => {
    assert.deepEqual(decideRelease(evaluation({accuracy: 0.9}, {accuracy: 0.9}), RULES, '3'), {
      released: true,
      sentence: 'accuracy 0.9 against 0.9 of version 3 on the same 200 rows',
    });
  });

  it('takes less for better when the goal says so', () => {
    const rules: GateRules = {...RULES, metric: 'loss', goal: 'minimize', beatChampionBy: 0.125};

    assert.ok(decideRelease(evaluation({loss: 0.25}, {loss: 0.375}), rules, '3').released);
    assert.ok(!decideRelease(evaluation({loss: 0.375}, {loss: 0.25}), rules, '3').released);
  });

  it('releases when the champion cannot be scored, and says why it could not', () => {
    const found = {...evaluation({accuracy: 0.9}), champion_error: 'its file is gone'};

    assert.deepEqual(decideRelease(found, RULES, '3'), {
      released: true,
      sentence: 'accuracy 0.9 on 200 test rows; version 3 could not be compared (its file is gone)',
    });
    const unlike = evaluation({accuracy: 0.9}, {f1: 0});
    assert.match(decideRelease(unlike, RULES, '3').sentence, /\(it has no accuracy\)$/);
  });

  it('refuses below the minimum and names both numbers', () => {
    assert.deepEqual(decideRelease(evaluation({accuracy: 0.651234}), {...RULES, minimum: {accuracy: 0.7}}), {
      released: false,
      sentence: 'accuracy is 0.651234 on 200 test rows, gate.minimum asks for 0.7',
    });
  });

  it('refuses when a metric of the minimum was not measured', () => {
    const rules = {...RULES, minimum: {accuracy: 0.5, recall: 0.5}};

    assert.deepEqual(decideRelease(evaluation({accuracy: 0.9}), rules), {
      released: false,
      sentence: 'the evaluation has no metric "recall", which gate.minimum asks for',
    });
  });

  it('refuses an evaluation without the metric the trials were tuned for', () => {
    const decision = decideRelease(evaluation({f1: 1}), {...RULES, minimum: {}});

    assert.deepEqual(decision, {
      released: false,
      sentence: 'the evaluation has no metric "accuracy", which the trials were tuned for',
    });
  });

  it('refuses a minimum that is compared with no number', () => {
    const rules = {...RULES, minimum: {accuracy: 0}};

    assert.ok(!decideRelease(evaluation({accuracy: Number.NaN}), rules).released);
  });

  it('refuses below the minimum even when the champion is worse', () => {
    const rules = {...RULES, minimum: {accuracy: 0.7}};

    assert.ok(!decideRelease(evaluation({accuracy: 0.6}, {accuracy: 0.5}), rules, '3').released);
  });

  it('keeps a champion that is not beaten by enough', () => {
    const rules = {...RULES, beatChampionBy: 0.05};

    assert.deepEqual(decideRelease(evaluation({accuracy: 0.93}, {accuracy: 0.9}), rules, '3'), {
      released: false,
      sentence:
        'kept version 3: accuracy 0.93 against 0.9 of version 3 on the same 200 rows, needed a gain of 0.05',
    });
  });

  it('never refuses a model for being better', () => {
    const anyMetric = fc.constantFrom(0.1, 0.5, 0.7, 0.9);
    fc.assert(
      fc.property(anyMetric, anyMetric, fc.option(anyMetric, {nil: undefined}), (one, other, rival) => {
        const rules = {...RULES, minimum: {accuracy: 0.5}, beatChampionBy: 0.1};
        const decide = (accuracy: number) =>
          decideRelease(
            evaluation({accuracy}, rival === undefined ? undefined : {accuracy: rival}),
            rules,
            '3',
          );

        const [worse, better] = [Math.min(one, other), Math.max(one, other)];
        assert.ok(decide(better).released || !decide(worse).released);
      }),
    );
  });
});

describe('evaluationSchema', () => {
  const sound = evaluation({accuracy: 0.9});

  it('accepts what the trainer writes, with or without a champion', () => {
    assert.ok(evaluationSchema.safeParse({...sound, champion: null}).success);
    assert.ok(evaluationSchema.safeParse(evaluation({accuracy: 0.9}, {accuracy: 0.8})).success);
  });

  const broken: Record<string, unknown> = {
    'no rows': {...sound, rows: 0},
    'half a row': {...sound, rows: 1.5},
    'a metric that is NaN': {...sound, metrics: {accuracy: Number.NaN}},
    'an infinite metric': {...sound, metrics: {accuracy: Number.POSITIVE_INFINITY}},
    'a metric in quotes': {...sound, metrics: {accuracy: '0.9'}},
    'a model outside the folder': {...sound, model: {...MODEL, file: '../model.joblib'}},
    'a model in a folder below': {...sound, model: {...MODEL, file: 'a/b'}},
    'a hidden file': {...sound, model: {...MODEL, file: '.model'}},
    'a digest in upper case': {...sound, model: {...MODEL, sha256: 'C'.repeat(64)}},
    'half a byte': {...sound, model: {...MODEL, bytes: 0.5}},
    'no model': {...sound, model: undefined},
    'a champion without metrics': {...sound, champion: {}},
  };
  for (const [title, value] of Object.entries(broken)) {
    it(`refuses ${title}`, () => {
      assert.ok(!evaluationSchema.safeParse(value).success);
    });
  }
});

describe('the order of releases', () => {
  const EARLIER = '2026-01-01T00:00:00.000Z';
  const LATER = '2026-01-01T00:00:00.001Z';

  it('lets newer data replace older, and the same instant pass', () => {
    assert.equal(refuseOlder(LATER, {version: '1', acceptedAt: EARLIER}), undefined);
    assert.equal(refuseOlder(EARLIER, {version: '1', acceptedAt: EARLIER}), undefined);
  });

  it('lets the first version pass', () => {
    assert.equal(refuseOlder(EARLIER, undefined), undefined);
  });

  it('keeps the champion of newer data, and says since when', () => {
    const decision = refuseOlder(EARLIER, {version: '3', acceptedAt: LATER});

    assert.equal(decision?.released, false);
    assert.equal(
      decision?.sentence,
      `kept version 3: its data were accepted at ${LATER}, after this run's at ${EARLIER}`,
    );
  });
});
