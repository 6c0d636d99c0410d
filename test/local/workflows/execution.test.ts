import assert from 'node:assert/strict';
import {run} from './support/run-workflow.ts';
import {VirtualClock} from './support/virtual-clock.ts';

/** Uses everything whose answer could differ the second time. */
const SOURCE = `
  main:
    params: [n]
    steps:
      - init: {assign: [{order: []}, {started: "\${sys.now()}"}, {id: "\${uuid.generate()}"}]}
      - all:
          parallel:
            shared: [order]
            concurrency_limit: 3
            for:
              value: i
              range: [1, "\${n}"]
              steps:
                - nap: {call: sys.sleep, args: {seconds: "\${(i * 7) % 5}"}}
                - ask:
                    try: {call: http.get, args: {url: "http://service/"}, result: answer}
                    retry: "\${http.default_retry}"
                - note: {assign: [{order: "\${list.concat(order, string(i) + answer.body)}"}, {at: "\${sys.now()}"}]}
                - log: {call: sys.log, args: {text: "\${string(i)}"}}
      - done: {return: ["\${order}", "\${sys.now() - started}", "\${id}"]}
`.replace(`range: [1, "\${n}"]`, `range: "\${[1, n]}"`);

function flaky(): typeof fetch {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls % 3 === 0) return new Response('busy', {status: 503});
    return new Response(`#${calls}`, {headers: {'content-type': 'text/plain'}});
  };
}

describe('Execution', () => {
  it('comes to the same end from any point of its journal', async () => {
    const whole = await run(SOURCE, {argument: '5', fetch: flaky()});

    for (let kept = 0; kept <= whole.journal.length; kept += 1) {
      const resumed = await run(SOURCE, {
        argument: '5',
        fetch: async () => new Response('late', {headers: {'content-type': 'text/plain'}}),
        journal: whole.journal.slice(0, kept),
      });
      assert.ok(resumed.result !== undefined, `from ${kept}: ${resumed.error}`);
      assert.deepEqual(resumed.journal.slice(0, kept), whole.journal.slice(0, kept));
    }
    const replayed = await run(SOURCE, {argument: '5', journal: whole.journal});
    assert.equal(replayed.result, whole.result);
    assert.deepEqual(replayed.steps, whole.steps);
    assert.deepEqual(replayed.logs, []);
  });

  it('sleeps only what is left of a sleep that was interrupted', async () => {
    const source = '- nap: {call: sys.sleep, args: {seconds: 100}}';
    const {journal} = await run(source);
    const clock = new VirtualClock();
    clock.sleep(60_000, new AbortController().signal);
    clock.advance();
    const {seconds} = await run(source, {journal: journal.slice(0, 1), clock});

    assert.equal(seconds, 40);
  });

  it('fails when its journal is not its own', async () => {
    const journal = [{branch: 'main.7', answer: {value: null}}];
    const {error} = await run('- nap: {call: sys.sleep, args: {seconds: 100}}', {
      journal: [...journal, ...journal],
    });

    assert.match(error ?? '', /SystemError.*main\.7/);
  });

  it('ends at once when it is cancelled', async () => {
    const {error, seconds} = await run('- nap: {call: sys.sleep, args: {seconds: 100}}', {
      onStart: (execution) => execution.cancel(),
    });

    assert.equal(error, '"cancelled"');
    assert.equal(seconds, 0);
  });
});
