import assert from 'node:assert/strict';
import {run} from './support/run-workflow.ts';

describe('limits', () => {
  it('end an execution after 100,000 steps', async () => {
    const {error, steps} = await run('[{a: {assign: [{x: 1}], next: a}}]');

    assert.match(error ?? '', /ResourceLimitError.*100000 steps/);
    assert.equal(steps.length, 100_000);
  });

  it('allow 20 calls within one another and no more', async () => {
    const source = (depth: number) => `
      main: {steps: [{a: {call: down, args: {left: ${depth}}, result: r}}, {b: {return: "\${r}"}}]}
      down: {params: [left], steps: [{a: {switch: [{condition: "\${left > 1}", return: "\${down(left - 1)}"}]}}, {b: {return: bottom}}]}`;

    assert.equal((await run(source(20))).result, '"bottom"');
    assert.match((await run(source(21))).error ?? '', /RecursionError/);
  });

  const grow = (times: number) => `
    - init: {assign: [{part: "${'x'.repeat(1024)}"}, {all: []}]}
    - loop: {for: {value: i, range: [1, ${times}], steps: [{add: {assign: [{all: "\${list.concat(all, part)}"}]}}]}}
    - done: {return: "\${len(all)}"}`;

  it('hold 512 KB of variables and no more', async () => {
    assert.equal((await run(grow(500))).result, '500');
    assert.match((await run(grow(520))).error ?? '', /ResourceLimitError: Memory usage limit exceeded/);
  });

  it('give the memory of a block back at its end', async () => {
    const {result} = await run(`
      - init: {assign: [{part: "${'x'.repeat(100 * 1024)}"}]}
      - loop: {for: {value: i, range: [1, 50], steps: [{copy: {assign: [{local: "\${part}"}]}}]}}
      - done: {return: fine}`);

    assert.equal(result, '"fine"');
  });

  it('let an execution go on with what fits after it caught the error', async () => {
    const {result} = await run(`
      - init: {assign: [{s: "${'x'.repeat(60 * 1024)}"}, {kept: ok}]}
      - attempt:
          try: {assign: [{kept: "\${[s, s, s, s, s, s, s, s, s]}"}]}
          except: {as: e, steps: [{a: {return: ["\${e.tags[0]}", "\${kept}"]}}]}`);

    assert.equal(result, '["ResourceLimitError","ok"]');
  });

  it('refuse a string over 256 KB', async () => {
    const {error} = await run(`
      - init: {assign: [{s: "${'x'.repeat(100 * 1024)}"}]}
      - a: {assign: [{s: "\${s + s + s}"}]}`);

    assert.match(error ?? '', /ResourceLimitError: String size/);
  });
});
