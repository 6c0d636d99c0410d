import assert from 'node:assert/strict';
import {PassThrough} from 'node:stream';
import pino from 'pino';
import {PermanentError} from '../../shared/errors.ts';
import {handle} from '../../shared/handle.ts';
import {loggerOptions} from '../../shared/log.ts';
import type {StageSpan} from '../../shared/stage-span.ts';
import {published} from '../support/events.ts';
import {memoryPorts} from '../support/memory-ports.ts';
import {type AnyStage, played} from '../support/story.ts';

const EVENT = published('split-ready', {});
const silent = pino({level: 'silent'});

function stageThat(plan: AnyStage['plan'], runId: string): AnyStage {
  return {name: 'a-stage', parse: () => ({runId}), load: async () => ({}), plan, perform: async () => {}};
}

describe('handle, where spans are wanted', () => {
  it('records a span of what it did for the run', async () => {
    const {world, runId} = await played(0);
    const spans: StageSpan[] = [];

    const stage = stageThat(() => ({kind: 'skip'}), runId);
    await handle(stage, memoryPorts(world), silent, async (span) => {
      spans.push(span);
    })({...EVENT, id: 'e1'});

    const [{start, end, ...span} = assert.fail()] = spans;
    assert.deepEqual(span, {
      name: 'a-stage',
      runId,
      attributes: {event: 'e1', plan: 'skip', run: runId},
      failure: undefined,
    });
    assert.ok(start <= end);
  });

  it('tells in the span why a stage failed, without secrets', async () => {
    const {world, runId} = await played(0);
    const spans: StageSpan[] = [];
    const refused = new PermanentError('SERVICE_REFUSED', `no: Bearer ${'a'.repeat(20)}`);
    const failing = stageThat(() => {
      throw refused;
    }, runId);

    await handle(failing, memoryPorts(world), silent, async (span) => {
      spans.push(span);
    })(EVENT);

    assert.equal(spans[0]?.failure, 'no: [secret]');
  });

  it('acknowledges an event whose span was not taken, and says so', async () => {
    const {world, runId} = await played(0);
    const lines = new PassThrough({encoding: 'utf8'});
    const log = pino(loggerOptions('warn'), lines);

    const stage = stageThat(() => ({kind: 'skip'}), runId);
    await handle(stage, memoryPorts(world), log, () => Promise.reject(new Error('the collector is away')))(
      EVENT,
    );

    const {message, err} = JSON.parse(lines.read());
    assert.deepEqual([message, err.message], ['a span was not recorded', 'the collector is away']);
  });
});
