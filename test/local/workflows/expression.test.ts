import assert from 'node:assert/strict';
import {evaluate} from './support/run-workflow.ts';

/** What each expression is worth, as JSON text; the argument is `{"m": {"k": [10, 20]}, "n": null, "d": 1.5, "s": "abc"}` in `x`. */
const WORTH: Readonly<Record<string, string>> = {
  '1 + 2 * 3': '7',
  '(1 + 2) * 3': '9',
  '10 - 2 - 3': '5',
  '2 - -3': '5',
  '1 + 1.5': '2.5',
  '4 / 2': '2.0',
  '7 // 2': '3',
  '-7 // 2': '-4',
  '7.5 // 2': '3.0',
  '7 % 4': '3',
  '5.5 % 2': '1.5',
  '9007199254740993 + 0': '9007199254740993',
  '"a" + "b"': '"ab"',
  '"n=" + 5': '"n=5"',
  '1.5 + "s"': '"1.5s"',
  '"is " + true': '"is true"',
  '\'single\' + "double"': '"singledouble"',
  '"line\\n"': '"line\\n"',
  'True and TRUE and not False': 'true',
  'false or true': 'true',
  'NOT (true AND false) OR false': 'true',
  'not false and false': 'false',
  '1 < 2 and 2 <= 2 and 3 > 2 and 2 >= 2': 'true',
  '"a" < "b"': 'true',
  '1 == 1.0': 'true',
  '1 == "1"': 'false',
  'null == null': 'true',
  'x.m == x.m and [1, [2]] == [1, [2]]': 'true',
  '"a" != "b"': 'true',
  '2 in [1, 2]': 'true',
  '"k" in x.m': 'true',
  '"z" in x.m': 'false',
  'x.m.k[1]': '20',
  'x["m"]["k"][0 + 1]': '20',
  'x.n': 'null',
  '[1, "a", [true, null]]': '[1,"a",[true,null]]',
  '1 + 2 == 3 and "a" in ["a"]': 'true',
  'if(x.d > 1, "more", "less")': '"more"',
  'default(x.n, "none")': '"none"',
  'default(0, 5)': '0',
  'len(x.s) + len([1]) + len(x.m)': '5',
  '-x.d': '-1.5',
  'not(true)': 'false',
  'true or x.missing': 'true',
  'false and x.missing': 'false',
};

/** The tag and a part of the message of what each expression raises. */
const RAISES: Readonly<Record<string, readonly [string, RegExp]>> = {
  'x.missing': ['KeyError', /KeyError: key not found: missing/],
  'x["missing"]': ['LookupError', /missing/],
  'x.m.k[2]': ['IndexError', /IndexError: index out of range: 2/],
  'x.m.k[-1]': ['LookupError', /-1/],
  'x.m.k["0"]': ['TypeError', /index of a list/],
  'x.m[0]': ['TypeError', /key of a map/],
  'x.n.k': ['TypeError', /'null' has no parts/],
  'x.s.k': ['TypeError', /'string' has no parts/],
  '1 / 0': ['ZeroDivisionError', /division by zero/],
  '1 // 0': ['ArithmeticError', /division by zero/],
  '1 % 0.0': ['ZeroDivisionError', /division by zero/],
  '9223372036854775807 + 1': ['ValueError', /overflow/],
  'true + 1': ['TypeError', /'boolean' and 'integer'/],
  '[1] + [2]': ['TypeError', /'list' and 'list'/],
  '"a" + null': ['TypeError', /'string' and 'null'/],
  '"a" * 2': ['TypeError', /unsupported operand types for \*/],
  '1 < "2"': ['TypeError', /'integer' and 'string'/],
  '1 and true': ['TypeError', /unsupported operand type for and: 'integer'/],
  'true and "yes"': ['TypeError', /'string'/],
  'not 1': ['TypeError', /for not: 'integer'/],
  '-"a"': ['TypeError', /unsupported operand type for -/],
  '1 in 5': ['TypeError', /expecting list or map/],
  'if(1, 2, 3)': ['TypeError', /if\(\)/],
};

const ARGUMENT = '{"m": {"k": [10, 20]}, "n": null, "d": 1.5, "s": "abc"}';

describe('expression', () => {
  for (const [expression, worth] of Object.entries(WORTH)) {
    it(`${expression} is ${worth}`, async () => {
      assert.equal(await evaluate(expression, ARGUMENT), worth);
    });
  }

  for (const [expression, [tag, message]] of Object.entries(RAISES)) {
    it(`${expression} raises ${tag}`, async () => {
      const error = await evaluate(expression, ARGUMENT).then(assert.fail, (raised: Error) => raised.message);

      const {tags, message: text} = JSON.parse(error);
      assert.ok(tags.includes(tag), `${tags}`);
      assert.match(text, message);
    });
  }
});
