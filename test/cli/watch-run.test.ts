import assert from 'node:assert/strict';
import {watchRun} from '../../cli/watch-run.ts';
import {memoryPorts} from '../support/memory-ports.ts';
import {play, played, runOf, STEPS} from '../support/story.ts';

describe('watchRun', () => {
  it('tells everything of a run that has ended, trials included, and gives the run', async () => {
    const {world, runId} = await played(STEPS.length);
    const news = watchRun(runId, memoryPorts(world));

    const texts: string[] = [];
    let item = await news.next();
    for (; !item.done; item = await news.next()) texts.push(`${item.value.stage}: ${item.value.text}`);

    assert.equal(item.value, runOf(world, runId));
    assert.deepEqual(
      texts.filter((text) => text.startsWith('tuning: trial')),
      ['tuning: trial 2: alpha=0.01 → accuracy 0.9', 'tuning: trial 1: alpha=0.05 → accuracy 0.8'],
    );
    assert.match(texts.at(-1) ?? '', /^release: model flowers version 1/);
  });

  it('ends with a run that failed, after telling why', async () => {
    const {world, runId} = await played(1);
    const ports = memoryPorts(world);
    await ports.runs.fail(runId, 'build-image', {code: 'BUILD_FAILED', message: 'no disk'});
    const news = watchRun(runId, ports);

    await news.next();
    const failure = await news.next();
    assert.ok(!failure.done && failure.value.kind === 'failed');
    assert.equal((await news.next()).done, true);
  });

  it('goes on looking until the run has ended', async () => {
    const {world, runId} = await played(1);
    const news = watchRun(runId, memoryPorts(world));

    const first = await news.next();
    assert.ok(!first.done && first.value.stage === 'split');
    await play(STEPS[1]!, world, runId);

    assert.deepEqual((await news.next()).value, {
      stage: 'image',
      kind: 'progress',
      text: `building src-${'a'.repeat(40)}`,
    });
    await news.return(runOf(world, runId));
  });
});
