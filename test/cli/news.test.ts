import assert from 'node:assert/strict';
import {type News, newsBetween, type Snapshot} from '../../cli/news.ts';
import type {RerunStage, Run} from '../../shared/domain/run.ts';
import type {Trial} from '../../shared/domain/trial.ts';
import {played, runOf, STEPS} from '../support/story.ts';

/** A run after so many steps of its story, and its trials. */
async function lookAfter(
  steps: number,
  changes: Partial<Run> = {},
  trials: readonly Trial[] = [],
): Promise<Snapshot> {
  const {world, runId} = await played(steps);
  return {run: {...runOf(world, runId), ...changes}, trials};
}

function lines(news: readonly News[]): string[] {
  return news.map(({stage, kind, text}) => `${stage} ${kind}: ${text}`);
}

/** The end of a run's story: everything is known. */
const END = STEPS.length;

const trial = (id: string, changes: Partial<Trial> = {}): Trial => ({
  id,
  state: 'succeeded',
  parameters: {alpha: 0.0123456, kind: 'l2'},
  metric: 0.987654,
  ...changes,
});

describe('newsBetween', () => {
  it('tells nothing between two equal looks, at any step', async () => {
    for (let steps = 0; steps <= END; steps++) {
      const snapshot = await lookAfter(steps, {}, [trial('1')]);
      assert.deepEqual(newsBetween(snapshot, snapshot), [], `step ${steps}`);
    }
  });

  it('tells nothing of what a rerun has taken over', async () => {
    const whole = await lookAfter(END, {}, [trial('1')]);

    const stagesFrom = (from: RerunStage) =>
      new Set(newsBetween(undefined, {...whole, run: {...whole.run, from}}).map(({stage}) => stage));
    assert.deepEqual([...stagesFrom('tune')], ['tuning', 'training', 'release']);
    assert.deepEqual([...stagesFrom('release')], ['release']);
  });

  it('tells why a rerun failed, at whatever stage', async () => {
    const failure = {stage: 'sweep', code: 'DEADLINE', message: 'late'};
    const {run} = await lookAfter(END - 1, {state: 'failed', from: 'release', failure});

    assert.deepEqual(lines(newsBetween(undefined, {run, trials: []})), ['split failed: DEADLINE: late.']);
  });

  it('tells nothing of a run that is only accepted', async () => {
    assert.deepEqual(newsBetween(undefined, await lookAfter(0)), []);
  });

  it('tells each stage once, in their order, when the looks are frequent', async () => {
    const told: string[] = [];
    let before: Snapshot | undefined;
    for (let steps = 0; steps <= END; steps++) {
      const look = await lookAfter(steps);
      told.push(...lines(newsBetween(before, look)));
      before = look;
    }

    assert.deepEqual(
      told.map((line) => line.slice(0, line.indexOf(':'))),
      [
        'split done',
        'image progress',
        'image done',
        'tuning progress',
        'tuning done',
        'training progress',
        'training done',
        'release done',
      ],
    );
  });

  it('tells the whole story at once to whoever comes late', async () => {
    const news = newsBetween(undefined, await lookAfter(END));

    assert.deepEqual(
      news.map(({stage}) => stage),
      ['split', 'image', 'tuning', 'tuning', 'training', 'release'],
    );
  });

  it('counts the rows of a split, malformed ones if there are any', async () => {
    const {run} = await lookAfter(1);
    const split = {...run.split!, rejected: 12, labelSentence: 'Labels are fine.'};
    split.parts = {...split.parts, training: {uri: '', rows: 12_345}};

    const [told] = newsBetween(undefined, {run: {...run, split}, trials: []});
    assert.match(
      told?.text ?? '',
      /^training 12,345 rows, .*, 12 malformed rows set aside\. Labels are fine\.$/,
    );
    const [clean] = newsBetween(undefined, {run, trials: []});
    assert.doesNotMatch(clean?.text ?? '', /malformed/);
  });

  it('says whether an image was built or reused', async () => {
    const split = await lookAfter(1);
    const built = await lookAfter(3);
    const {digest: _, ...image} = built.run.image!;
    const reused = {...built, run: {...built.run, image: {...image, reused: true}}};

    assert.match(newsBetween(split, built)[0]?.text ?? '', /^built src-a{40} \(sha256:b{12}\)$/);
    assert.match(newsBetween(split, reused)[0]?.text ?? '', /^reused src-a{40}$/);
  });

  it('tells each trial when it has ended', async () => {
    const before = await lookAfter(4, {}, [trial('1'), trial('2', {state: 'active'})]);
    const {metric: _, ...infeasible} = trial('3', {state: 'infeasible'});
    const look = {
      ...before,
      trials: [
        trial('1'),
        trial('2'),
        {...infeasible, why: 'exit code 1'},
        trial('4', {state: 'active'}),
        trial('5', {isStoppedEarly: true}),
      ],
    };

    assert.deepEqual(lines(newsBetween(before, look)), [
      'tuning progress: trial 2: alpha=0.01235 kind=l2 → accuracy 0.9877',
      'tuning progress: trial 3: alpha=0.01235 kind=l2 → no accuracy: exit code 1',
      'tuning progress: trial 5: alpha=0.01235 kind=l2 → accuracy 0.9877, stopped early',
    ]);
  });

  it('says how many trials there will be and why the best one is', async () => {
    const built = await lookAfter(3);
    const tuning = await lookAfter(4);

    assert.deepEqual(lines(newsBetween(built, tuning)), ['tuning progress: 2 trials, 1 at a time']);
    assert.deepEqual(lines(newsBetween(tuning, await lookAfter(5))), [
      'tuning done: best: trial 2 has the highest metric, 0.9 (next is trial 1 with 0.8)',
      'training progress: again with the parameters of trial 2',
    ]);
  });

  it('tells the metrics of the export and what answers where', async () => {
    const training = await lookAfter(5);
    const trained = await lookAfter(6);

    assert.deepEqual(lines(newsBetween(training, trained)), ['training done: accuracy 0.9 on 4 test rows']);
    assert.deepEqual(lines(newsBetween(trained, await lookAfter(7))), [
      'release done: model flowers version 1 answers at endpoint flowers (first version: accuracy 0.9 on 6 test rows)',
    ]);
  });

  it('tells that a version is being deployed, and when it is not released', async () => {
    const trained = await lookAfter(6);
    const release = {sentence: 'kept version 1'};
    const releasing = await lookAfter(6, {state: 'releasing', release});
    const rejected = await lookAfter(6, {state: 'rejected', release});

    assert.deepEqual(lines(newsBetween(trained, releasing)), ['release progress: deploying']);
    assert.deepEqual(lines(newsBetween(trained, rejected)), ['release done: not released: kept version 1']);
  });

  it('tells the share of a canary, and how to give it all', async () => {
    const trained = await lookAfter(6);
    const release = {sentence: 'better', model: 'flowers', version: '2', endpoint: 'flowers', canary: 10};
    const canary = await lookAfter(6, {state: 'canary', release});

    const told = lines(newsBetween(trained, canary));

    assert.deepEqual(told, [
      `release done: version 2 is a canary with 10 % of the traffic; give it all with: npx millrace promote ${canary.run.id} --reason TEXT`,
    ]);
    assert.deepEqual(newsBetween(canary, canary), []);
  });

  it('tells a trouble once for each time it happens', async () => {
    const trouble = {stage: 'build-image', message: '503', at: '2026-01-01T00:00:00Z'};
    const calm = await lookAfter(1);
    const first = await lookAfter(1, {trouble});
    const second = await lookAfter(1, {trouble: {...trouble, at: '2026-01-01T00:01:00Z'}});

    assert.deepEqual(lines(newsBetween(calm, first)), ['image progress: will be tried again: 503']);
    assert.deepEqual(newsBetween(first, first), []);
    assert.deepEqual(newsBetween(first, second).length, 1);
  });

  const stages = {
    'receive-data': 'split',
    'split-data': 'split',
    'build-image': 'image',
    'start-tuning': 'tuning',
    'release-model': 'release',
  };
  for (const [stage, shown] of Object.entries(stages)) {
    it(`tells a failure of ${stage} under ${shown}, with place and hint`, async () => {
      const calm = await lookAfter(1);
      const failure = {stage, code: 'CODE', message: 'it is bad', where: 'line 1', hint: 'Mend it.'};

      assert.deepEqual(lines(newsBetween(calm, await lookAfter(1, {state: 'failed', failure}))), [
        `${shown} failed: CODE: it is bad (line 1). Mend it.`,
      ]);
    });
  }

  it('tells a failure without place and hint', async () => {
    const failure = {stage: 'split-data', code: 'CODE', message: 'it is bad'};

    assert.deepEqual(lines(newsBetween(await lookAfter(0), await lookAfter(0, {state: 'failed', failure}))), [
      'split failed: CODE: it is bad.',
    ]);
  });

  it('tells a failed tuning job under tuning, a failed training job under training', async () => {
    const failure = {stage: 'complete-job', code: 'CODE', message: 'it is bad'};

    for (const [steps, shown] of [
      [4, 'tuning'],
      [5, 'training'],
    ] as const) {
      const [told] = newsBetween(await lookAfter(steps), await lookAfter(steps, {state: 'failed', failure}));
      assert.equal(told?.stage, shown);
    }
  });
});
