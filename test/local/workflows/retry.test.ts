import assert from 'node:assert/strict';
import {run} from './support/run-workflow.ts';

/** A server that answers with these codes, one after the other; 0 breaks the connection. */
function answers(...codes: number[]) {
  const calls: number[] = [];
  const fetcher: typeof fetch = async () => {
    const code = codes[calls.length] ?? 200;
    calls.push(code);
    if (code === 0) throw new TypeError('fetch failed', {cause: {code: 'ECONNRESET'}});
    return new Response('{"ok": true}', {status: code, headers: {'content-type': 'application/json'}});
  };
  return {fetch: fetcher, calls};
}

function source(verb: string, retry: string): string {
  return `
    - attempt:
        try: {call: http.${verb}, args: {url: "http://service/"}, result: answer}
        retry: ${retry}
    - done: {return: "\${answer.code}"}`;
}

const DEFAULT = `\${http.default_retry}`;
const CAREFUL = `\${http.default_retry_non_idempotent}`;

describe('try', () => {
  it('hands the error to except, where its local variables die', async () => {
    const {result} = await run(`
      - init: {assign: [{outer: 0}]}
      - attempt:
          try: {raise: {code: 404}}
          except: {as: e, steps: [{note: {assign: [{outer: "\${e.code}"}]}}]}
      - done: {return: "\${outer}"}`);

    assert.equal(result, '404');
  });

  it('does nothing more in an except without steps', async () => {
    assert.equal((await run('[{a: {try: {raise: x}, except: {as: e}}}, {b: {return: 1}}]')).result, '1');
  });

  it('lets except raise the error again', async () => {
    const {error} = await run(`
      - attempt:
          try: {steps: [{fail: {raise: {message: first}}}]}
          except: {as: e, steps: [{again: {raise: "\${e}"}}]}`);

    assert.equal(error, '{"message":"first"}');
  });

  it('lets except return and jump', async () => {
    const {result} = await run(`
      - attempt:
          try: [{fail: {raise: x}}]
          except: {as: e, steps: [{leave: {return: "\${e}"}}]}
      - never: {return: never}`);

    assert.equal(result, '"x"');
  });

  it('skips except when nothing is raised', async () => {
    const {result} = await run(`
      - attempt: {try: {assign: [{x: 1}]}, except: {as: e, steps: [{a: {return: caught}}]}}
      - done: {return: "\${x}"}`);

    assert.equal(result, '1');
  });

  it('catches errors of subworkflows and expressions', async () => {
    const {result} = await run(`
      main:
        steps:
          - attempt:
              try: {call: broken}
              except: {as: e, steps: [{a: {return: "\${\\"ZeroDivisionError\\" in e.tags}"}}]}
      broken: {steps: [{a: {return: "\${1 / 0}"}}]}`);

    assert.equal(result, 'true');
  });
});

describe('retry', () => {
  it('runs the whole try again, with the variables as they are', async () => {
    const {result, seconds} = await run(`
      - init: {assign: [{n: 0}]}
      - attempt:
          try:
            steps:
              - count: {assign: [{n: "\${n + 1}"}]}
              - check: {switch: [{condition: "\${n < 4}", raise: again}]}
          retry: {predicate: "\${retry.always}", max_retries: 5, backoff: {initial_delay: 1, max_delay: 60, multiplier: 2}}
      - done: {return: "\${n}"}`);

    assert.equal(result, '4');
    assert.equal(seconds, 1 + 2 + 4);
  });

  it('makes nine attempts with eight retries, with capped pauses', async () => {
    const {calls, fetch} = answers(...Array<number>(20).fill(503));
    const policy = `{predicate: "\${retry.always}", max_retries: 8, backoff: {initial_delay: 1, max_delay: 60, multiplier: 2}}`;
    const {seconds, error} = await run(source('get', policy), {fetch});

    assert.equal(calls.length, 9);
    assert.equal(seconds, 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60);
    assert.match(error ?? '', /HttpError/);
  });

  it('takes the numbers of the policy from expressions', async () => {
    const {calls, fetch} = answers(500, 500, 500);
    const policy = `{predicate: "\${retry.always}", max_retries: "\${1 + 1}", backoff: "\${retry.default_backoff}"}`;
    await run(source('get', policy), {fetch});

    assert.equal(calls.length, 3);
  });

  for (const code of [429, 502, 503, 504, 0]) {
    it(`repeats by default after ${code || 'a broken connection'}`, async () => {
      assert.equal((await run(source('get', DEFAULT), answers(code))).result, '200');
    });
  }

  for (const code of [400, 404, 500, 501]) {
    it(`does not repeat by default after ${code}`, async () => {
      const {calls, fetch} = answers(code);
      const {error} = await run(source('get', DEFAULT), {fetch});

      assert.equal(JSON.parse(error ?? '').code, code);
      assert.equal(calls.length, 1);
    });
  }

  for (const code of [429, 503]) {
    it(`repeats what is not idempotent after ${code}`, async () => {
      assert.equal((await run(source('post', CAREFUL), answers(code))).result, '200');
    });
  }

  for (const code of [0, 502, 504, 500]) {
    it(`does not repeat what is not idempotent after ${code || 'a broken connection'}`, async () => {
      const {calls, fetch} = answers(code);
      await run(source('post', CAREFUL), {fetch});

      assert.equal(calls.length, 1);
    });
  }

  it('gives up after five retries by default', async () => {
    const {calls, fetch} = answers(...Array<number>(9).fill(503));
    await run(source('get', DEFAULT), {fetch});

    assert.equal(calls.length, 6);
  });

  it('never repeats with retry.never', async () => {
    const {calls, fetch} = answers(503);
    const policy = `{predicate: "\${retry.never}", max_retries: 3, backoff: "\${retry.default_backoff}"}`;
    await run(source('get', policy), {fetch});

    assert.equal(calls.length, 1);
  });

  const own = (predicate: string) => `
    main:
      steps:
        - attempt:
            try: {call: http.get, args: {url: "http://service/"}, result: answer}
            retry: {predicate: "\${mine}", max_retries: 3, backoff: {initial_delay: 2, max_delay: 60, multiplier: 1}}
            except: {as: e, steps: [{a: {return: "\${e.code}"}}]}
        - done: {return: "\${answer.code}"}
    mine: {params: [e], steps: [{a: {return: ${predicate}}}]}`;

  it('asks a subworkflow as predicate', async () => {
    assert.equal((await run(own(`"\${e.code == 418}"`), answers(418, 418, 200))).result, '200');
    assert.equal((await run(own(`"\${e.code == 418}"`), answers(418, 404))).result, '404');
  });

  it('hands the last error to except when the retries are used up', async () => {
    assert.equal((await run(own('true'), answers(500, 501, 502, 503, 200))).result, '503');
  });

  it('refuses a predicate that answers no boolean', async () => {
    const {error, result} = await run(own('1'), answers(500));

    assert.match(error ?? result ?? '', /KeyError|TypeError/);
  });

  it('waits 24 hours in no time', async () => {
    const policy = `{predicate: "\${retry.always}", max_retries: 24, backoff: {initial_delay: 3600, max_delay: 3600, multiplier: 1}}`;
    const started = performance.now();
    const {seconds} = await run(source('get', policy), answers(...Array<number>(24).fill(500)));

    assert.equal(seconds, 24 * 3600);
    assert.ok(performance.now() - started < 1000);
  });
});
