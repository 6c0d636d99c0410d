import assert from 'node:assert/strict';
import {PassThrough} from 'node:stream';
import pino from 'pino';
import type {Run} from '../../shared/domain/run.ts';
import {NotYetError, PermanentError, RetryableError, TakenError} from '../../shared/errors.ts';
import {handle} from '../../shared/handle.ts';
import {loggerOptions, runFields} from '../../shared/log.ts';
import {finalized, published} from '../support/events.ts';
import {memoryPorts, type World} from '../support/memory-ports.ts';
import {type AnyStage, deliver, dies, played, runOf} from '../support/story.ts';

const EVENT = published('split-ready', {});
const STEPS = ['parse', 'load', 'plan', 'perform'] as const;

/** A stage about a run, which fails at one of its steps. */
function stageThat(failsAt: (typeof STEPS)[number] | 'never', error: unknown, runId: string): AnyStage {
  const reach = (step: (typeof STEPS)[number]) => {
    if (step === failsAt) throw error;
  };
  return {
    name: 'a-stage',
    parse() {
      reach('parse');
      return {runId};
    },
    async load() {
      reach('load');
      return {};
    },
    plan() {
      reach('plan');
      return {kind: 'skip'};
    },
    async perform() {
      reach('perform');
    },
  };
}

/** A stage whose event does not name the run; it finds it on loading. */
function stageThatFinds(run: Run | undefined, error: unknown): AnyStage {
  return {
    name: 'a-stage',
    parse: () => ({}),
    load: async () => ({run}),
    plan: () => ({kind: 'act'}),
    async perform() {
      throw error;
    },
  };
}

function rejectsOf(world: World) {
  return [...world.rejects.values()].map(({source, count, complaint}) => ({
    source,
    count,
    code: complaint.code,
  }));
}

const permanent = new PermanentError('BAD', 'it is bad', {where: 'line 1', hint: 'Mend it.'});

describe('handle', () => {
  it('goes through the four verbs and hands each what the one before gave', async () => {
    const {world} = await played(0);
    const seen: unknown[] = [];
    const stage: AnyStage = {
      name: 'a-stage',
      parse: ({id}) => ({runId: `run of ${id}`}),
      load: async ({runId}) => ({run: {...firstRun(world), id: `loaded ${runId}`}}),
      plan: ({runId}, {run}) => ({kind: `${runId}, ${run?.id}`}),
      perform: async ({kind}) => {
        seen.push(kind);
      },
    };

    await deliver(stage, {...EVENT, id: 'e1'}, world);

    assert.deepEqual(seen, ['run of e1, loaded run of e1']);
  });

  for (const step of ['load', 'plan', 'perform'] as const) {
    it(`closes the run and acknowledges when ${step} fails for good`, async () => {
      const {world, runId} = await played(0);

      await deliver(stageThat(step, permanent, runId), EVENT, world);

      const {state, failure} = runOf(world, runId);
      assert.equal(state, 'failed');
      assert.deepEqual(failure, {
        stage: 'a-stage',
        code: 'BAD',
        message: 'it is bad',
        where: 'line 1',
        hint: 'Mend it.',
      });
      assert.deepEqual(rejectsOf(world), []);
    });

    for (const error of [new RetryableError('not now'), new TypeError('a mistake'), 'a text']) {
      it(`counts an attempt and acknowledges when ${step} throws ${String(error)}`, async () => {
        const {world, runId} = await played(0);

        await deliver({...stageThat(step, error, runId), name: 'split-data'}, EVENT, world);

        const {state, trouble, retries} = runOf(world, runId);
        assert.equal(state, 'received');
        assert.equal(trouble?.stage, 'split-data');
        assert.match(String(error), new RegExp(trouble?.message ?? 'none'));
        assert.deepEqual(retries, {
          'split-data': {failures: 1, message: trouble?.message, failedAtMs: world.nowMs, released: false},
        });
        assert.deepEqual(
          [...world.executions],
          [
            [
              `${runId}-split-data-1`,
              {workflow: 'retry-stage', argument: {run: runId, stage: 'split-data', failures: 1}},
            ],
          ],
        );
      });
    }
  }

  it('counts no second attempt while a retry is pending', async () => {
    const {world, runId} = await played(0);
    const stage = {...stageThat('load', new RetryableError('not now'), runId), name: 'split-data'};

    await deliver(stage, EVENT, world);
    await deliver(stage, EVENT, world);

    assert.equal(runOf(world, runId).retries?.['split-data']?.failures, 1);
    assert.equal(world.executions.size, 1);
  });

  it('starts the workflow on the next delivery when a crash kept it from that', async () => {
    const {world, runId} = await played(0);
    const stage = {...stageThat('load', new RetryableError('not now'), runId), name: 'split-data'};
    dies(world, (effect) => effect === 'start retry-stage');
    await assert.rejects(deliver(stage, EVENT, world), /crash/);
    world.beforeEffect = () => {};

    await deliver(stage, EVENT, world);

    assert.deepEqual([...world.executions.keys()], [`${runId}-split-data-1`]);
  });

  const early = new NotYetError('too early');
  const late = new RetryableError('not now');
  const notCounted: readonly (readonly [string, string, Error, Partial<Run>])[] = [
    ['it is only too early', 'split-data', early, {}],
    ['the stage is none that is retried', 'a-stage', late, {}],
    ['the run has ended', 'split-data', late, {state: 'cancelled'}],
    ['the run shall be cancelled', 'split-data', late, {cancelRequested: {by: 'me', reason: 'no', at: ''}}],
  ];
  for (const [what, name, error, change] of notCounted) {
    it(`has the event come again, and counts nothing, when ${what}`, async () => {
      const {world, runId} = await played(0);
      world.runs.set(runId, {...runOf(world, runId), ...change});

      await assert.rejects(
        deliver({...stageThat('load', error, runId), name}, EVENT, world),
        (thrown) => thrown === error,
      );

      assert.equal(runOf(world, runId).retries, undefined);
      assert.equal(world.executions.size, 0);
    });
  }

  it('closes the run that the stage found when the event does not name it', async () => {
    const {world, runId} = await played(0);

    await deliver(stageThatFinds(runOf(world, runId), permanent), EVENT, world);

    assert.equal(runOf(world, runId).failure?.code, 'BAD');
    assert.deepEqual(rejectsOf(world), []);
  });

  it('notes trouble on the run that the stage found', async () => {
    const {world, runId} = await played(0);

    await assert.rejects(
      deliver(stageThatFinds(runOf(world, runId), new RetryableError('not now')), EVENT, world),
    );

    assert.equal(runOf(world, runId).trouble?.message, 'not now');
  });

  it('is silent about another delivery that does the same at this moment', async () => {
    const {world, runId} = await played(0);

    await assert.rejects(
      deliver(stageThatFinds(runOf(world, runId), new TakenError('sending attempt 1')), EVENT, world),
    );

    assert.equal(runOf(world, runId).trouble, undefined);
  });

  it('rejects an event that cannot be parsed, once for all its deliveries', async () => {
    const {world, runId} = await played(0);
    const stage = stageThat('parse', permanent, runId);

    await deliver(stage, EVENT, world);
    await deliver(stage, EVENT, world);

    assert.deepEqual(rejectsOf(world), [{source: EVENT.source, count: 2, code: 'BAD'}]);
    assert.equal(runOf(world, runId).state, 'received');
  });

  it('counts what happens to one object as one reject, whichever event tells', async () => {
    const {world, runId} = await played(0);
    const object = {bucket: 'the-data', name: 'x', generation: '1'};
    const stage = stageThat('parse', permanent, runId);

    await deliver(stage, finalized(object), world);
    await deliver(stage, finalized(object), world);
    await deliver(stage, finalized({...object, name: 'y'}), world);

    assert.deepEqual(
      rejectsOf(world).map(({count}) => count),
      [2, 1],
    );
  });

  it('rejects a message about a run that is not there', async () => {
    const {world} = await played(0);

    await deliver(stageThat('load', new PermanentError('NO_SUCH_RUN', 'no run'), 'r0'), EVENT, world);

    assert.deepEqual(rejectsOf(world), [{source: EVENT.source, count: 1, code: 'NO_SUCH_RUN'}]);
  });

  it('rejects what is no CloudEvent as from an unknown sender', async () => {
    const {world, runId} = await played(0);

    await deliver(stageThat('never', permanent, runId), {message: {}}, world);

    assert.deepEqual(rejectsOf(world), [{source: 'unknown sender', count: 1, code: 'ENVELOPE_INVALID'}]);
  });

  it('does not acknowledge what it could not record', async () => {
    const {world, runId} = await played(0);
    world.beforeEffect = () => {
      throw new RetryableError('the database is away');
    };

    await assert.rejects(deliver(stageThat('plan', permanent, runId), EVENT, world), /database is away/);
  });

  it('logs the plan before it is performed, in the words of Cloud Logging', async () => {
    const {world, runId} = await played(0);
    const lines = new PassThrough({encoding: 'utf8'});
    const log = pino(loggerOptions('info'), lines);

    await handle(stageThat('never', undefined, runId), memoryPorts(world), log)({...EVENT, id: 'e1'});

    const {time, ...line} = JSON.parse(lines.read());
    assert.deepEqual(line, {
      severity: 'INFO',
      stage: 'a-stage',
      ...runFields(runId, 'the-project'),
      event: 'e1',
      plan: 'skip',
      message: 'a-stage: skip',
    });
    assert.ok(Date.parse(time) > 0);
  });
});

function firstRun(world: World): Run {
  const [run] = world.runs.values();
  if (run === undefined) throw new Error('no run');
  return run;
}
