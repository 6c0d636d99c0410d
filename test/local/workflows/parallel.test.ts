import assert from 'node:assert/strict';
import {run} from './support/run-workflow.ts';

/** A parallel loop over 1 to `to` whose turns sleep and then run `steps`. */
function loop(to: number, steps: string, more = ''): string {
  return `
    - init: {assign: [{total: 0}, {order: []}]}
    - all:
        parallel:
          shared: [total, order]
          ${more}
          for:
            value: i
            range: [1, ${to}]
            steps: [${steps}]
    - done: {return: ["\${total}", "\${order}"]}`;
}

const ADD = `{add: {assign: [{total: "\${total + i}"}]}}`;
const NOTE = `{note: {assign: [{order: "\${list.concat(order, i)}"}]}}`;
const nap = (seconds: string) => `{nap: {call: sys.sleep, args: {seconds: "\${${seconds}}"}}}`;

describe('parallel', () => {
  it('runs branches side by side and waits for all', async () => {
    const {result, seconds} = await run(`
      - init: {assign: [{a: 0}, {b: 0}]}
      - both:
          parallel:
            shared: [a, b]
            branches:
              - slow: {steps: [{nap: {call: sys.sleep, args: {seconds: 10}}}, {set: {assign: [{a: 1}]}}]}
              - quick: {steps: [{nap: {call: sys.sleep, args: {seconds: 4}}}, {set: {assign: [{b: 2}]}}]}
      - done: {return: ["\${a}", "\${b}"]}`);

    assert.equal(result, '[1,2]');
    assert.equal(seconds, 10);
  });

  it('runs the turns of a loop side by side, the quickest first', async () => {
    const {result, seconds} = await run(loop(3, `${nap('4 - i')}, ${NOTE}`));

    assert.equal(result, '[0,[3,2,1]]');
    assert.equal(seconds, 3);
  });

  it('loses no addition to a shared variable', async () => {
    assert.equal((await run(loop(50, `${nap('i % 3')}, ${ADD}`))).result, '[1275,[]]');
  });

  it('keeps to its concurrency limit', async () => {
    assert.equal((await run(loop(6, nap('1'), 'concurrency_limit: 2'))).seconds, 3);
    assert.equal((await run(loop(6, nap('1'), `concurrency_limit: "\${1 + 2}"`))).seconds, 2);
  });

  it('runs twenty at a time at most', async () => {
    assert.equal((await run(loop(40, nap('1')))).seconds, 2);
    assert.equal((await run(loop(40, nap('1'), 'concurrency_limit: 99'))).seconds, 2);
  });

  it('does nothing for an empty list', async () => {
    assert.equal((await run(loop(0, ADD))).result, '[0,[]]');
  });

  it('goes on after many turns that never wait', async () => {
    const {result} = await run(`
      - init: {assign: [{total: 0}]}
      - outer:
          for:
            value: n
            range: [1, 3000]
            steps:
              - both:
                  parallel:
                    shared: [total]
                    branches:
                      - a: {steps: [{add: {assign: [{total: "\${total + 1}"}]}}]}
                      - b: {steps: [{add: {assign: [{total: "\${total + 1}"}]}}]}
      - done: {return: "\${total}"}`);

    assert.equal(result, '6000');
  });

  it('gives each branch variables of its own', async () => {
    const {result} = await run(
      loop(
        3,
        `{own: {assign: [{mine: "\${i}"}]}}, ${nap('1')}, {add: {assign: [{total: "\${total + mine}"}]}}`,
      ),
    );

    assert.equal(result, '[6,[]]');
  });

  it('lets the other branches end before it raises what some raised', async () => {
    const {error, seconds} = await run(
      loop(
        3,
        `{check: {switch: [{condition: "\${i == 2}", raise: {code: 7}}]}}, ${nap('5')}`,
        'exception_policy: continueAll',
      ),
    );

    const {tags, message, branches, truncated} = JSON.parse(error ?? '');
    assert.deepEqual(tags, ['UnhandledBranchError', 'RuntimeError']);
    assert.match(message, /^UnhandledBranchError: One or more branches/);
    assert.deepEqual(
      branches.map(({id, error: {payload}}: {id: string; error: {payload: string}}) => [id, payload]),
      [['2', '{"code":7}']],
    );
    assert.equal(truncated, false);
    assert.equal(seconds, 5);
  });

  it('collects a hundred errors at most', async () => {
    const {error} = await run(loop(120, '{fail: {raise: x}}'));

    const {branches, truncated} = JSON.parse(error ?? '');
    assert.equal(branches.length, 100);
    assert.equal(truncated, true);
  });

  it('can be caught', async () => {
    const {result} = await run(`
      - attempt:
          try:
            parallel:
              branches: [{a: {steps: [{fail: {raise: x}}]}}, {b: {steps: [{fine: {assign: [{y: 1}]}}]}}]
          except: {as: e, steps: [{a: {return: "\${e.branches[0].error.payload}"}}]}`);

    assert.equal(result, String.raw`"\"x\""`);
  });

  it('leaves a turn by continue', async () => {
    const {result} = await run(
      loop(3, `{check: {switch: [{condition: "\${i == 2}", next: continue}]}}, ${ADD}`),
    );

    assert.equal(result, '[4,[]]');
  });

  it('nests twice, through subworkflows too, and no deeper', async () => {
    const nested = (depth: number) => `
      main: {steps: [{a: {call: deeper, args: {left: ${depth}}, result: r}}, {b: {return: "\${r}"}}]}
      deeper:
        params: [left]
        steps:
          - check: {switch: [{condition: "\${left == 0}", return: fine}]}
          - both:
              parallel:
                for: {value: i, in: [1], steps: [{go: {call: deeper, args: {left: "\${left - 1}"}}}]}
          - done: {return: done}`;

    assert.equal((await run(nested(2))).result, '"done"');
    assert.match((await run(nested(3))).error ?? '', /ParallelNestingError/);
  });

  for (const [limit, tag] of [
    ['0', 'ValueError'],
    ['two', 'TypeError'],
  ]) {
    it(`refuses the concurrency limit ${limit}`, async () => {
      assert.match(
        (await run(loop(2, ADD, `concurrency_limit: ${limit}`))).error ?? '',
        new RegExp(`${tag}.*limit`),
      );
    });
  }
});
