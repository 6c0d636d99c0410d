import assert from 'node:assert/strict';
import {run} from './support/run-workflow.ts';

describe('steps', () => {
  it('bind the one parameter of main to the argument', async () => {
    const source = `main: {params: [input], steps: [{a: {return: "\${input.name}"}}]}`;

    assert.equal((await run(source, {argument: '{"name": "digits"}'})).result, '"digits"');
  });

  it('give main null when there is no argument', async () => {
    assert.equal((await run(`main: {params: [input], steps: [{a: {return: "\${input}"}}]}`)).result, 'null');
  });

  it('end with null when nothing is returned', async () => {
    assert.equal((await run('- a: {assign: [{x: 1}]}')).result, 'null');
  });

  it('read JSON as well as YAML', async () => {
    assert.equal((await run('{"main": {"steps": [{"a": {"return": 5}}]}}')).result, '5');
  });

  it('assign from top to bottom, each seeing the ones before', async () => {
    const {result} = await run(`
      - a: {assign: [{x: 1}, {y: "\${x + 1}"}, {x: "\${y * 10}"}]}
      - b: {return: "\${[x, y]}"}`);

    assert.equal(result, '[20,2]');
  });

  it('assign parts of maps and lists, making missing maps', async () => {
    const {result} = await run(`
      - a:
          assign:
            - m: {list: [1, 2]}
            - key: k
            - m.a.b: deep
            - m["x-" + key]: computed
            - m.list[1]: 20
            - m.list[0]: \${m.list[1]}
      - b: {return: "\${m}"}`);

    assert.equal(result, '{"list":[20,20],"a":{"b":"deep"},"x-k":"computed"}');
  });

  it('copy values, so that a change shows in one place alone', async () => {
    const {result} = await run(`
      - a: {assign: [{first: {n: 1}}, {second: "\${first}"}, {second.n: 2}]}
      - b: {return: ["\${first.n}", "\${second.n}"]}`);

    assert.equal(result, '[1,2]');
  });

  it('refuse to write past the end of a list', async () => {
    const {error} = await run('- a: {assign: [{l: [1]}, {"l[1]": 2}]}');

    assert.match(error ?? '', /IndexError/);
  });

  it('evaluate expressions in keys and deep in values', async () => {
    const {result} = await run(`
      - a: {assign: [{k: name}, {m: {"\${k}": [{v: "\${k}"}]}}]}
      - b: {return: "\${m}"}`);

    assert.equal(result, '{"name":[{"v":"name"}]}');
  });

  it('go to the first condition that holds', async () => {
    const source = `
      main:
        params: [n]
        steps:
          - choose:
              switch:
                - {condition: "\${n < 0}", next: negative}
                - {condition: "\${n == 0}", return: zero}
                - {condition: "\${n > 99}", raise: too much}
                - {condition: "\${n > 9}", steps: [{a: {assign: [{word: big}]}}]}
                - {condition: true, assign: [{word: small}]}
              next: answer
          - negative: {assign: [{word: negative}]}
          - answer: {return: "\${word}"}`;
    const results = await Promise.all(
      ['-1', '0', '100', '10', '1'].map((argument) => run(source, {argument})),
    );

    assert.deepEqual(
      results.map(({result, error}) => result ?? error),
      ['"negative"', '"zero"', '"too much"', '"big"', '"small"'],
    );
  });

  it('go on below a switch in which nothing holds', async () => {
    const {result} = await run('[{a: {switch: [{condition: false, return: 1}]}}, {b: {return: 2}}]');

    assert.equal(result, '2');
  });

  it('refuse a condition that is no boolean', async () => {
    const {error} = await run(`[{a: {switch: [{condition: "\${1}", return: 1}]}}]`);

    assert.match(error ?? '', /TypeError.*condition: 'integer'/);
  });

  it('jump back and forth by next', async () => {
    const {result, steps} = await run(`
      - start: {assign: [{n: 0}]}
      - more: {assign: [{n: "\${n + 1}"}]}
      - check: {switch: [{condition: "\${n < 3}", next: more}], next: done}
      - skipped: {assign: [{n: 100}]}
      - done: {return: "\${n}"}`);

    assert.equal(result, '3');
    assert.ok(!steps.includes('main.skipped'));
  });

  it('end at next: end', async () => {
    assert.equal((await run('[{a: {assign: [{x: 1}], next: end}}, {b: {return: 2}}]')).result, 'null');
  });

  it('end a subworkflow alone at next: end', async () => {
    const {result} = await run(`
      main: {steps: [{a: {call: helper, result: r}}, {b: {return: ["\${r}", "went on"]}}]}
      helper: {steps: [{a: {assign: [{x: 1}], next: end}}, {b: {return: 2}}]}`);

    assert.equal(result, '[null,"went on"]');
  });

  it('share the variables of a block of steps with those around it', async () => {
    const {result} = await run(`
      - a: {steps: [{inner: {assign: [{x: 5}]}}]}
      - b: {return: "\${x}"}`);

    assert.equal(result, '5');
  });

  it('loop over a list with an index', async () => {
    const {result} = await run(`
      - init: {assign: [{seen: []}]}
      - loop:
          for:
            value: v
            index: i
            in: [a, b]
            steps: [{add: {assign: [{seen: "\${list.concat(seen, string(i) + v)}"}]}}]
      - answer: {return: "\${seen}"}`);

    assert.equal(result, '["0a","1b"]');
  });

  for (const [range, expected] of [
    ['[1, 3]', '[1,2,3]'],
    ['[2, 1]', '[]'],
    ['[0.5, 2]', '[0.5,1.5]'],
    [`"\${[0, len(seen) + 1]}"`, '[0,1]'],
  ]) {
    it(`loop over the range ${range}, both ends included`, async () => {
      const {result} = await run(`
        - init: {assign: [{seen: []}]}
        - loop:
            for: {value: v, range: ${range}, steps: [{add: {assign: [{seen: "\${list.concat(seen, v)}"}]}}]}
        - answer: {return: "\${seen}"}`);

      assert.equal(result, expected);
    });
  }

  it('leave a loop by break and a turn by continue', async () => {
    const {result} = await run(`
      - init: {assign: [{seen: []}]}
      - loop:
          for:
            value: v
            range: [1, 9]
            steps:
              - check:
                  switch:
                    - {condition: "\${v == 2}", next: continue}
                    - {condition: "\${v == 4}", next: break}
              - add: {assign: [{seen: "\${list.concat(seen, v)}"}]}
      - answer: {return: "\${seen}"}`);

    assert.equal(result, '[1,3]');
  });

  it('return out of a loop', async () => {
    const {result} = await run(`[{loop: {for: {value: v, in: [7, 8], steps: [{a: {return: "\${v}"}}]}}}]`);

    assert.equal(result, '7');
  });

  it('start each turn of a loop with fresh local variables', async () => {
    const {error} = await run(`
      - loop:
          for:
            value: v
            in: [1, 2]
            steps:
              - check: {switch: [{condition: "\${v == 2}", return: "\${local}"}]}
              - set: {assign: [{local: 1}]}`);

    assert.match(error ?? '', /KeyError.*local/);
  });

  it('refuse to loop over what is no list', async () => {
    const {error} = await run(`[{loop: {for: {value: v, in: "\${5}", steps: [{a: {return: 1}}]}}}]`);

    assert.match(error ?? '', /TypeError.*'integer'/);
  });

  it('call subworkflows by name, with defaults for what is left out', async () => {
    const {result} = await run(`
      main:
        steps:
          - a: {call: area, args: {width: 3}, result: first}
          - b: {call: area, args: {width: 3, height: null}, result: second}
          - c: {return: ["\${first}", "\${second}"]}
      area: {params: [width, height: 2], steps: [{a: {return: "\${default(height, 0) * width}"}}]}`);

    assert.equal(result, '[6,0]');
  });

  it('call subworkflows in expressions, by position', async () => {
    const {result} = await run(`
      main: {steps: [{a: {return: "\${twice(1) + twice(twice(5))}"}}]}
      twice: {params: [n], steps: [{nap: {call: sys.sleep, args: {seconds: 1}}}, {a: {return: "\${n * 2}"}}]}`);

    assert.equal(result, '22');
  });

  it('give subworkflows variables of their own', async () => {
    const {result} = await run(`
      main: {steps: [{a: {assign: [{x: 1}]}}, {b: {call: change}}, {c: {return: "\${x}"}}]}
      change: {steps: [{a: {assign: [{x: 2}]}}]}`);

    assert.equal(result, '1');
  });

  it('raise strings and maps as they are', async () => {
    assert.equal((await run('[{a: {raise: boom}}]')).error, '"boom"');
    assert.equal((await run('[{a: {raise: {code: 7}}}]')).error, '{"code":7}');
  });

  it('refuse to raise anything else', async () => {
    assert.match((await run('[{a: {raise: 5}}]')).error ?? '', /TypeError.*'integer'/);
  });

  it('say which steps led to an error, innermost first', async () => {
    const {trace} = await run(`main:
  steps:
    - outer:
        steps:
          - calls: {call: broken}
broken:
  steps:
    - fails:
        return: \${1 / 0}
`);

    assert.deepEqual(trace, [
      {step: 'fails', routine: 'broken', line: 8, column: 7},
      {step: 'calls', routine: 'main', line: 5, column: 13},
    ]);
  });
});
