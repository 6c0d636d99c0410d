import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {completeJob} from '../../functions/complete-job.ts';
import {run} from '../local/workflows/support/run-workflow.ts';
import {published} from '../support/events.ts';
import type {World} from '../support/memory-ports.ts';
import {deliver, erase, played, runOf, trainingSucceeds, tuningSucceeds} from '../support/story.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'workflows', 'watch-job.yaml');
const WATCHERS = 2;

/** The message by which one more execution tells of the end of a job. */
async function told(kind: string, name: string): Promise<unknown> {
  const messages: unknown[] = [];
  await run(await readFile(SOURCE, 'utf8'), {
    argument: JSON.stringify({kind, name}),
    fetch: async (url, init) => {
      if (!String(url).endsWith(':publish')) return Response.json({state: 'JOB_STATE_SUCCEEDED'});
      const {messages: sent} = JSON.parse(String(init?.body));
      messages.push(
        ...sent.map(({data}: {data: string}) => JSON.parse(Buffer.from(data, 'base64').toString())),
      );
      return Response.json({messageIds: ['1']});
    },
  });
  assert.equal(messages.length, 1);
  return messages[0];
}

/** Has several executions tell of the end of the run's only job of a kind. */
async function end(world: World, kind: 'tuning' | 'training'): Promise<void> {
  const {name} = [...world.jobs.values()].find((job) => job.kind === kind) ?? {};
  for (let watcher = 0; watcher < WATCHERS; watcher++) {
    const message = await told(kind, `projects/p/locations/l/jobs/${name?.split('/').at(-1)}`);
    await deliver(erase(completeJob), published('job-complete', message), world);
  }
}

// Two deliveries that settle one job at the same moment both look for an execution, find none and start one:
// the service takes no id of the caller's.
describe('two executions of watch-job for one job', () => {
  it('bring the run as far as one does, with one job of each kind', async () => {
    const {world, runId} = await played(4);
    tuningSucceeds(world);

    await end(world, 'tuning');
    assert.equal(runOf(world, runId).state, 'training');
    trainingSucceeds(world, runId);
    await end(world, 'training');

    const {state, history} = runOf(world, runId);
    assert.equal(state, 'trained');
    assert.equal(new Set(history.map((step) => step.state)).size, history.length);
    assert.deepEqual([...world.jobs.values()].map(({kind}) => kind).toSorted(), ['training', 'tuning']);
  });
});
