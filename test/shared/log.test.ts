import assert from 'node:assert/strict';
import {PassThrough} from 'node:stream';
import fc from 'fast-check';
import pino from 'pino';
import {loggerOptions, runFields} from '../../shared/log.ts';
import {SECRET_EXAMPLES} from '../support/secret-examples.ts';

/** The record that a log line is read as. */
function logged(write: (log: pino.Logger) => void): {line: string; record: Record<string, unknown>} {
  const sink = new PassThrough();
  write(pino(loggerOptions('info'), sink));
  const line = String(sink.read());
  return {line, record: JSON.parse(line)};
}

describe('a record of the log', () => {
  it('is one line with the fields that Cloud Logging reads', () => {
    const {line, record} = logged((log) => log.warn({stage: 'split-data'}, 'two\nlines'));

    const {severity, message, stage, time} = record;
    assert.deepEqual(
      {severity, message, stage},
      {severity: 'WARNING', message: 'two\nlines', stage: 'split-data'},
    );
    assert.ok(Number.isFinite(Date.parse(String(time))));
    assert.equal(line.indexOf('\n'), line.length - 1);
  });

  for (const [what, secret] of Object.entries(SECRET_EXAMPLES)) {
    it(`hides ${what}, in a message, a field, an error and its cause`, () => {
      const error = Object.assign(new Error(`refused: ${secret}`, {cause: new Error(secret)}), {
        config: {headers: {authorization: secret}},
      });
      const {line} = logged((log) => log.warn({err: error, note: secret}, `sent ${secret}.`));

      const hidden = JSON.stringify(secret).slice(1, -1);
      assert.ok(!line.includes(hidden), line);
      assert.match(line, /sent \S*\[secret\]/);
    });
  }

  it('stays JSON whatever is hidden in it', () => {
    const texts = fc
      .array(fc.oneof(fc.string(), fc.constantFrom(...Object.values(SECRET_EXAMPLES))))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(typeof logged((log) => log.info({text}, text)).record.message, 'string');
      }),
    );
  });
});

describe('runFields', () => {
  it('puts all records of a run into one trace of its project', () => {
    const {runId, 'logging.googleapis.com/trace': trace = ''} = runFields('r1', 'the-project');

    assert.equal(runId, 'r1');
    assert.match(trace, /^projects\/the-project\/traces\/[0-9a-f]{32}$/);
    assert.notDeepEqual(runFields('r2', 'the-project')['logging.googleapis.com/trace'], trace);
  });

  it('tells nothing of a run that is not known', () => {
    assert.deepEqual(runFields(undefined, 'the-project'), {});
  });
});
