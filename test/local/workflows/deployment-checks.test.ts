import assert from 'node:assert/strict';
import {build} from '../../../local/workflows/language/build.ts';

/** Sources that cannot be deployed, and why. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'an undefined symbol',
    `- step2: {return: "\${varC}"}`,
    /error in step step2: symbol 'varC' is neither a variable nor a sub-workflow name/,
  ],
  [
    'a variable of a loop outside of it',
    `- a: {for: {value: v, in: [1], steps: [{b: {assign: [{x: 1}]}}]}}\n- c: {return: "\${x}"}`,
    /symbol 'x'/,
  ],
  [
    'a loop variable outside of the loop',
    `- a: {for: {value: v, in: [1], steps: [{b: {assign: [{x: 1}]}}]}}\n- c: {return: "\${v}"}`,
    /symbol 'v'/,
  ],
  [
    'a caught error outside of except',
    `- a: {try: {raise: x}, except: {as: e}}\n- b: {return: "\${e}"}`,
    /symbol 'e'/,
  ],
  ['a write to the part of nothing', '- a: {assign: [{m.k: 1}]}', /symbol 'm'/],
  [
    'an unshared write in parallel',
    '- a: {assign: [{x: 1}]}\n- b: {parallel: {for: {value: i, in: [1], steps: [{c: {assign: [{x: 2}]}}]}}}',
    /'x' is written in parallel but not shared/,
  ],
  [
    'an unshared result in parallel',
    '- a: {assign: [{x: 1}]}\n- b: {parallel: {for: {value: i, in: [1], steps: [{c: {call: text.split, args: {source: a, separator: b}, result: x}}]}}}',
    /not shared/,
  ],
  [
    'an unknown shared variable',
    '- b: {parallel: {shared: [x], for: {value: i, in: [1], steps: [{c: {assign: [{y: 2}]}}]}}}',
    /shared variable 'x' is not defined/,
  ],
  ['an unknown next step', '- a: {assign: [{x: 1}], next: nowhere}', /next step 'nowhere' is not defined/],
  [
    'a jump into a block',
    '- a: {steps: [{inner: {assign: [{x: 1}]}}]}\n- b: {assign: [{y: 1}], next: inner}',
    /'inner' is not defined/,
  ],
  ['break outside of a loop', '- a: {assign: [{x: 1}], next: break}', /'break' is not defined/],
  [
    'a return out of a branch',
    '- b: {parallel: {for: {value: i, in: [1], steps: [{c: {return: 1}}]}}}',
    /return is not allowed/,
  ],
  [
    'break out of a parallel loop',
    '- b: {parallel: {for: {value: i, in: [1], steps: [{c: {assign: [{y: 1}], next: break}}]}}}',
    /'break' is not defined/,
  ],
  [
    'an unknown function',
    `- a: {return: "\${text.reverse(1)}"}`,
    /call target 'text.reverse' is not defined/,
  ],
  ['an unknown call target', '- a: {call: nothing}', /call target 'nothing' is not defined/],
  ['an unknown connector', '- a: {call: googleapis.compute.v1.instances.list}', /not defined/],
  ['an unknown argument', '- a: {call: sys.sleep, args: {minutes: 1}}', /unexpected argument 'minutes'/],
  ['a missing argument', '- a: {call: http.get}', /missing argument 'url'/],
  [
    'a missing argument of a subworkflow',
    'main: {steps: [{a: {call: f}}]}\nf: {params: [n], steps: [{a: {return: 1}}]}',
    /missing argument 'n'/,
  ],
  ['too many arguments', `- a: {return: "\${len(1, 2)}"}`, /wrong number of arguments for 'len': 2/],
  ['a blocking call in an expression', `- a: {return: "\${sys.sleep(1)}"}`, /blocking call 'sys.sleep'/],
  [
    'an unknown retry predicate',
    `- a: {try: {raise: x}, retry: {predicate: "\${mine}", max_retries: 1, backoff: "\${retry.default_backoff}"}}`,
    /retry predicate: call target 'mine'/,
  ],
  ['an unknown retry policy', `- a: {try: {raise: x}, retry: "\${http.my_retry}"}`, /no such retry policy/],
  [
    'a retry without a back-off',
    `- a: {try: {raise: x}, retry: {predicate: "\${retry.always}", max_retries: 1}}`,
    /retry needs/,
  ],
  [
    'a retry without a try',
    `- a: {assign: [{x: 1}], retry: "\${http.default_retry}"}`,
    /'retry' needs 'try'/,
  ],
  ['two bodies in a step', '- a: {return: 1, raise: x}', /more than one of: raise, return/],
  ['a step that does nothing', '- a: {}', /step 'a' does nothing/],
  ['an unknown field', '- a: {retrun: 1}', /main.yaml:1:7: parse error: unexpected entry 'retrun'/],
  [
    'duplicate step names',
    '- a: {return: 1}\n- a: {return: 2}',
    /main.yaml:2:3: parse error: duplicate step name 'a'/,
  ],
  ['duplicate keys', '- a: {return: 1, return: 2}', /unique/],
  ['a reserved step name', '- end: {return: 1}', /'end' is reserved/],
  ['a bad step name', '- a b: {return: 1}', /no name for a step/],
  ['two names in one step', '- {a: {return: 1}, b: {return: 2}}', /one entry/],
  ['no steps', 'main: {steps: []}', /must not be empty/],
  ['no main', 'helper: {steps: [{a: {return: 1}}]}', /workflow 'main' is missing/],
  ['two parameters of main', 'main: {params: [a, b], steps: [{c: {return: 1}}]}', /one parameter at most/],
  [
    'eleven parameters',
    `main: {steps: [{a: {return: 1}}]}\nf: {params: [${[...'abcdefghijk']}], steps: [{x: {return: 1}}]}`,
    /more than 10 parameters/,
  ],
  [
    'an expression of 401 characters',
    `- a: {return: "\${1 + ${'1'.repeat(397)}}"}`,
    /longer than 400 characters/,
  ],
  [
    'text around an expression',
    `- a: {assign: [{x: 1}]}\n- b: {return: "x is \${x}"}`,
    /must be the whole value/,
  ],
  ['a map literal in an expression', `- a: {return: "\${{}}"}`, /Unexpected/],
  ['a ternary', `- a: {return: "\${true ? 1 : 2}"}`, /ConditionalExpression/],
  ['an unfinished expression', `- a: {return: "\${1 +}"}`, /Expected expression/],
  ['two expressions in one', `- a: {return: "\${1 2}"}`, /Compound/],
  ['words of JavaScript', `- a: {return: "\${true && false}"}`, /Unexpected/],
  ['mixed case of an operator', `- a: {return: "\${true And false}"}`, /Compound/],
  ['an integer of 65 bits', `- a: {return: "\${9223372036854775808}"}`, /no 64-bit integer/],
  ['a call of a value', `- a: {return: "\${[1](0)}"}`, /only functions and subworkflows/],
  ['51 assignments', `- a: {assign: [${'{x: 1}, '.repeat(51)}]}`, /1 to 50 assignments/],
  ['51 conditions', `- a: {switch: [${'{condition: true, next: end}, '.repeat(51)}]}`, /1 to 50 conditions/],
  [
    '11 branches',
    `- a: {parallel: {branches: [${'{b: {steps: [{c: {assign: [{x: 1}]}}]}}, '.repeat(11)}]}}`,
    /2 to 10 branches/,
  ],
  [
    'one branch',
    '- a: {parallel: {branches: [{b: {steps: [{c: {assign: [{x: 1}]}}]}}]}}',
    /2 to 10 branches/,
  ],
  [
    'another exception policy',
    '- a: {parallel: {exception_policy: stop, for: {value: i, in: [1], steps: [{c: {assign: [{y: 2}]}}]}}}',
    /continueAll/,
  ],
  [
    'two expressions as a range',
    `- a: {for: {value: i, range: ["\${1}", "\${2}"], steps: [{c: {assign: [{y: 2}]}}]}}`,
    /range must be/,
  ],
  [
    'a loop over nothing',
    '- a: {for: {value: i, steps: [{c: {assign: [{y: 2}]}}]}}',
    /either 'in' or 'range'/,
  ],
  [
    'a default that is computed',
    `main: {steps: [{a: {return: 1}}]}\nf: {params: [n: "\${1}"], steps: [{a: {return: 1}}]}`,
    /must be a constant/,
  ],
  ['an alias', '- a: &x {return: 1}\n- b: *x', /aliases/],
  ['broken YAML', '- a: {return: 1', /main.yaml:\d+:\d+: parse error/],
  ['129 KB', `# ${'x'.repeat(129 * 1024)}\n- a: {return: 1}`, /larger than 131072 bytes/],
  ['a scalar', 'hello', /must be a map/],
];

describe('build', () => {
  for (const [what, source, reason] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.throws(() => build(source), {name: 'BuildError', message: reason});
    });
  }

  it('accepts a name that is assigned further down', () => {
    build(
      `- a: {switch: [{condition: true, next: c}]}\n- b: {return: "\${x}"}\n- c: {assign: [{x: 1}], next: b}`,
    );
  });

  it('lets a block write the variables around it', () => {
    build(
      `- a: {assign: [{x: 1}]}\n- b: {for: {value: i, in: [1], steps: [{c: {assign: [{x: 2}]}}]}}\n- d: {return: "\${x}"}`,
    );
  });
});
