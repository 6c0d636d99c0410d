import assert from 'node:assert/strict';
import {CANARIES, SLOW_CANARIES} from './canaries.ts';
import {Crew} from './crew.ts';
import {type Failure, seedTasks, singleFaultTasks} from './task.ts';

const SEEDS = 2000;

/** A failing schedule as a reader of the test's output needs it. */
function told({seed, fault, violations}: Failure): string {
  const which =
    fault === undefined ? `SIM_SEED=${seed} npm run simulate` : `${fault.kind} at call ${fault.call}`;
  return `${which}\n  ${violations.join('\n  ')}`;
}

describe('the functions on a virtual clock', function () {
  this.timeout(300_000);
  let crew: Crew;

  before(() => {
    crew = new Crew();
  });
  after(() => crew.stop());

  it('release the model of a calm run', async () => {
    const [report] = await crew.play([{kind: 'calm'}]);

    assert.deepEqual(report?.states, {released: 1});
    assert.deepEqual(report?.failures, []);
  });

  it('keep every invariant in 2,000 fixed schedules of faults', async () => {
    const reports = await crew.play(seedTasks(1, SEEDS));

    assert.deepEqual(
      reports.flatMap(({failures}) => failures.map(told)),
      [],
    );
  });

  it('keep every invariant under each single fault of a calm run', async () => {
    const reports = await crew.play(await singleFaultTasks());

    assert.deepEqual(
      reports.flatMap(({failures}) => failures.map(told)),
      [],
    );
  });

  it('end every run although nobody tells of the end of a build or job', async () => {
    const [report] = await crew.play([{kind: 'silence', count: 50}]);

    assert.deepEqual(report?.failures.map(told), []);
  });

  it('keep every invariant while every second instance is of an earlier version', async () => {
    const [report] = await crew.play([{kind: 'deployment', count: 100}]);

    assert.deepEqual(report?.failures.map(told), []);
    assert.ok((report?.states.released ?? 0) > 50);
  });

  it('make one run, one job of each kind and one build in all of 100 drops at once, each told of ten times', async () => {
    const [report] = await crew.play([{kind: 'crowd', drops: 100}]);

    const {released = 0, rejected = 0} = report?.states ?? {};
    assert.deepEqual(report?.failures.map(told), []);
    assert.equal(released + rejected, 100);
    assert.equal(report?.starts, 100 + 100 + 1);
  });

  it('play a seed the same way each time', async () => {
    const [first, again] = [await crew.play(seedTasks(1, 100)), await crew.play(seedTasks(1, 100))];

    assert.deepEqual(
      again.map(({hash}) => hash),
      first.map(({hash}) => hash),
    );
  });

  it('take longer when a rule is missing that saves time', async () => {
    const rules = Object.keys(SLOW_CANARIES);

    const reports = await crew.play(rules.map((rule) => ({kind: 'slow canary', rule})));

    const found = reports.map(({failures}) => failures.flatMap(({violations}) => violations));
    assert.deepEqual(
      rules.filter((_, index) => !found[index]?.some((violation) => violation.startsWith('I13'))),
      [],
    );
  });

  it('break an invariant when a rule is missing', async () => {
    const rules = Object.keys(CANARIES);

    const reports = await crew.play(rules.map((rule) => ({kind: 'canary', rule, count: SEEDS})));

    assert.deepEqual(
      rules.filter((_, index) => reports[index]?.failures.length === 0),
      [],
    );
  });
});
