import assert from 'node:assert/strict';
import {listLetters, replayLetters} from '../../cli/replay-letters.ts';
import {letter, letterBox, memoryDeadLetters} from '../support/memory-dead-letters.ts';
import {emptyWorld, memoryPorts} from '../support/memory-ports.ts';
import {played, runOf} from '../support/story.ts';

const PUBLISHED = {source: undefined};

describe('the list of dead letters', () => {
  it('tells what became of the run that a letter names, oldest first, and leaves all there', async () => {
    const {world, runId} = await played(1);
    const failure = {stage: 'build-image', code: 'DELIVERIES_EXHAUSTED', message: 'given up'};
    world.runs.set(runId, {...runOf(world, runId), state: 'failed', failure});
    const box = letterBox([
      letter('2', {publishedAt: '2026-01-02T00:00:00.000Z', ...PUBLISHED}),
      letter('1', {body: JSON.stringify({runId})}),
    ]);

    const listed = await listLetters(memoryDeadLetters(box), memoryPorts(world));

    assert.deepEqual(
      listed.map(({id, source, run, state, code}) => ({id, source, run, state, code})),
      [
        {
          id: '1',
          source: 'projects/p/subscriptions/s',
          run: runId,
          state: 'failed',
          code: 'DELIVERIES_EXHAUSTED',
        },
        {id: '2', source: null, run: undefined, state: undefined, code: undefined},
      ],
    );
    assert.deepEqual([box.waiting.size, box.lent.size], [2, 0]);
  });

  for (const body of ['not JSON', 'null', '[]', '{"runId":7}', '{"runId":"r0"}']) {
    it(`lists a letter that names no run: ${body}`, async () => {
      const box = letterBox([letter('1', {body})]);

      const [listed] = await listLetters(memoryDeadLetters(box), memoryPorts(emptyWorld()));

      assert.deepEqual([listed?.id, listed?.run], ['1', undefined]);
    });
  }
});

describe('the replay of dead letters', () => {
  it('sends the chosen back, and gives the others back', async () => {
    const box = letterBox([letter('1'), letter('2'), letter('3')]);

    assert.deepEqual(await replayLetters(memoryDeadLetters(box), ['3', '1']), ['1', '3']);

    assert.deepEqual([box.sent, [...box.waiting.keys()], box.lent.size], [['1', '3'], ['2'], 0]);
  });

  it('sends all that came from somewhere', async () => {
    const box = letterBox([letter('1'), letter('2', PUBLISHED)]);

    assert.deepEqual(await replayLetters(memoryDeadLetters(box), 'all'), ['1']);
    assert.deepEqual([...box.waiting.keys()], ['2']);
  });

  it('sends nothing when one of the chosen is not there, as when it was replayed before', async () => {
    const box = letterBox([letter('1'), letter('2')]);
    await replayLetters(memoryDeadLetters(box), ['1']);

    await assert.rejects(replayLetters(memoryDeadLetters(box), ['1', '2']), {
      code: 'NO_SUCH_LETTER',
      message: /letter 1$/,
    });
    assert.deepEqual([box.sent, [...box.waiting.keys()]], [['1'], ['2']]);
  });

  it('keeps what it cannot send', async () => {
    const box = letterBox([letter('1', PUBLISHED), letter('2')]);

    await assert.rejects(replayLetters(memoryDeadLetters(box), ['1', '2']), {code: 'REPLAY_IMPOSSIBLE'});
    assert.deepEqual([[...box.waiting.keys()], box.lent.size], [['1', '2'], 0]);
  });
});
