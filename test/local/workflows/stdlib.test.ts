import assert from 'node:assert/strict';
import {evaluate, run} from './support/run-workflow.ts';

const WORTH: Readonly<Record<string, string>> = {
  'base64.encode(text.encode("hello"))': '"aGVsbG8="',
  'base64.encode(text.encode("hello"), false)': '"aGVsbG8"',
  'text.decode(base64.decode("aGVsbG8="))': '"hello"',
  'json.decode("{\\"a\\": [1, 2.0]}")': '{"a":[1,2.0]}',
  'json.decode(text.encode("7"))': '7',
  'json.encode_to_string(x)': '"{\\"a\\":1,\\"b\\":{\\"c\\":2}}"',
  'text.decode(json.encode([1]))': '"[1]"',
  'len(json.encode_to_string([1], 2))': '7',
  'text.split("a,b", ",")': '["a","b"]',
  'text.replace_all("aXbX", "X", "$&")': '"a$&b$&"',
  'text.replace_all_regex("k=v", "(\\\\w)=(\\\\w)", "\\\\2=\\\\1")': '"v=k"',
  'text.match_regex("run-12", "^run-[0-9]+$")': 'true',
  'text.find_all("abab", "b")': '[1,3]',
  'text.find_all_regex("a1b2", "[0-9]")': '[{"index":1,"match":"1"},{"index":3,"match":"2"}]',
  'text.substring("hello", 1, 3)': '"el"',
  'text.to_upper("ab") + text.to_lower("CD")': '"ABcd"',
  'text.url_encode("a b/c*")': '"a%20b%2Fc%2A"',
  'text.url_encode_plus("a b")': '"a+b"',
  'text.url_decode("a%20b+c")': '"a b c"',
  'list.concat([1], 2)': '[1,2]',
  'list.prepend([1], [2])': '[[2],1]',
  'map.get(x, "a")': '1',
  'map.get(x, ["b", "c"])': '2',
  'map.get(x, ["b", "z", "y"])': 'null',
  'map.get(null, "a")': 'null',
  'map.get("text", "a")': 'null',
  'map.delete(x, "b")': '{"a":1}',
  'map.merge(x, json.decode("{\\"b\\": 3}"))': '{"a":1,"b":3}',
  'map.merge_nested(x, json.decode("{\\"b\\": {\\"d\\": 3}}"))': '{"a":1,"b":{"c":2,"d":3}}',
  'keys(x)': '["a","b"]',
  'math.abs(-3) + math.max(1, 2) + math.min(1, 2)': '6',
  'math.floor(2.7)': '2',
  'time.format(0)': '"1970-01-01T00:00:00.000Z"',
  'time.format(0, "Asia/Kolkata")': '"1970-01-01T05:30:00.000+05:30"',
  'time.parse("1970-01-02T00:00:00Z")': '86400.0',
  'string(5) + string(2.5) + string(true)': '"52.5true"',
  'int("42") + int(2.7)': '44',
  'double("2.5") + double(1)': '3.5',
  'len("häß🙂")': '4',
  'get_type(1) + get_type(1.5) + get_type(text.encode(""))': '"integerdoublebytes"',
  'get_type(null) + get_type([]) + get_type(x) + get_type("")': '"nulllistmapstring"',
  'base64.encode(hash.compute_checksum("abc", "MD5"))': '"kAFQmDzST7DWlj99KOF/cg=="',
  'base64.encode(hash.compute_checksum("123456789", "CRC32C"))': '"4waSgw=="',
  'base64.encode(hash.compute_hmac("key", "data", "SHA1"))': '"EEFSxb/coHvGM+69RhmfAlXJ9J0="',
  'sys.get_env("GOOGLE_CLOUD_PROJECT_ID")': '"demo"',
  'sys.get_env("UNSET", "fallback")': '"fallback"',
  'sys.now()': '1767225600.0',
  'uuid.generate()': '"d290f1ee-6c54-4b01-90e6-d701748f0851"',
  'http.default_retry_predicate(json.decode("{\\"tags\\": [\\"TimeoutError\\"]}"))': 'true',
};

const RAISES: Readonly<Record<string, readonly [string, RegExp]>> = {
  'string(x)': [
    'TypeError',
    /^TypeError: unsupported operand type for string\(\): 'dict' \(expecting number, string, or boolean\)$/,
  ],
  'int("abc")': ['ValueError', /abc/],
  'int(x)': ['TypeError', /int\(\)/],
  'int(1e300)': ['ValueError', /overflow/],
  'double("1,5")': ['ValueError', /1,5/],
  'len(5)': ['TypeError', /len\(\)/],
  'keys([1])': ['TypeError', /expecting map/],
  'json.decode("{")': ['ValueError', /malformed JSON/],
  'base64.decode("*")': ['ValueError', /malformed/],
  'text.decode(base64.decode("/w=="))': ['ValueError', /utf-8/],
  'text.substring("abc", 2, 9)': ['IndexError', /out of range/],
  'text.match_regex("a", "(")': ['ValueError', /regular expression/],
  'text.url_decode("%zz")': ['ValueError', /malformed/],
  'map.delete(x, "zz")': ['KeyError', /zz/],
  'time.parse("yesterday")': ['ValueError', /yesterday/],
  'time.format(0, "Mars")': ['ValueError', /Mars/],
  'hash.compute_checksum("a", "SHA7")': ['ValueError', /SHA7/],
  'sys.get_env("UNSET")': ['KeyError', /UNSET/],
  'text.to_upper(5)': ['TypeError', /expecting string/],
};

const ARGUMENT = '{"a": 1, "b": {"c": 2}}';

describe('standard library', () => {
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

  it('lets a step call a function with named arguments', async () => {
    const {result} = await run(`
      - split: {call: text.split, args: {source: a-b, separator: "-"}, result: parts}
      - answer: {return: "\${parts}"}`);

    assert.equal(result, '["a","b"]');
  });

  it('sleeps for seconds and until a time', async () => {
    const {seconds} = await run(`
      - nap: {call: sys.sleep, args: {seconds: 1.5}}
      - rest: {call: sys.sleep_until, args: {time: "2026-01-01T00:01:00Z"}}
      - past: {call: sys.sleep_until, args: {time: "2020-01-01T00:00:00Z"}}`);

    assert.equal(seconds, 60);
  });

  it('refuses to sleep for a negative time', async () => {
    const {error} = await run('[{nap: {call: sys.sleep, args: {seconds: -1}}}]');

    assert.match(error ?? '', /ValueError.*sys\.sleep/);
  });

  it('logs text and data with a severity', async () => {
    const {logs} = await run(`
      - plain: {call: sys.log, args: {text: hello}}
      - severe: {call: sys.log, args: {data: {run: 7}, severity: ERROR}}`);

    assert.deepEqual(logs, ['DEFAULT "hello"', 'ERROR {"run":7}']);
  });
});
