import assert from 'node:assert/strict';
import {completeJob} from '../../functions/complete-job.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import type {Run} from '../../shared/domain/run.ts';
import {jobEnded, published} from '../support/events.ts';
import type {World} from '../support/memory-ports.ts';
import {deliver, erase, played, runOf} from '../support/story.ts';

const LATER = `r${'0'.repeat(26)}`;

/** A run that has tuned, and a later one of the same pipeline, with a warm start, whose image is ready. */
async function twoRuns(changes: object = {}): Promise<World> {
  const {world, runId} = await played(5);
  const {tuning: _, training: _training, ...first} = runOf(world, runId);
  const {digest, pipeline} = first.definition!;
  const tune = {...pipeline.tune, warmStart: true, ...changes};
  const later: Run = {
    ...first,
    id: LATER,
    state: 'built',
    definition: {digest, pipeline: {...pipeline, tune}},
  };
  world.runs.set(LATER, later);
  return world;
}

async function tuned(world: World): Promise<{resumes: string | undefined; why: string | undefined}> {
  await deliver(erase(startTuning), published('image-ready', {runId: LATER}), world);
  const job = [...world.jobs.values()].find(({runId, kind}) => runId === LATER && kind === 'tuning')!;
  const trials = [{id: '1', state: 'succeeded', parameters: {alpha: 0.1}, metric: 0.9}] as const;
  world.jobs.set(job.id, {...job, state: 'succeeded', trials});
  await deliver(erase(completeJob), jobEnded(job.id), world);
  return {resumes: job.resumes, why: runOf(world, LATER).tuning?.why};
}

describe('a search with a warm start', () => {
  it("goes on from the pipeline's last one, and the run says so", async () => {
    const {resumes, why} = await tuned(await twoRuns());

    assert.equal(resumes, 'projects/1/locations/l/tuning/1000');
    assert.match(why ?? '', /; the search went on from the trials of 1000$/);
  });

  it('goes on from it however many runs came after it', async () => {
    const world = await twoRuns();
    const {tuning: _, ...other} = runOf(world, LATER);
    for (let number = 0; number < 60; number++)
      world.runs.set(`r${number}`, {...other, id: `r${number}`, state: 'failed'});

    assert.equal((await tuned(world)).resumes, 'projects/1/locations/l/tuning/1000');
  });

  it('begins anew where the last one searched another space, and the run says why', async () => {
    const {resumes, why} = await tuned(await twoRuns({goal: 'minimize'}));

    assert.equal(resumes, undefined);
    assert.match(
      why ?? '',
      /; the search began anew, as none before had the same parameters, metric and goal$/,
    );
  });

  it('is not what a search has that does not ask for it', async () => {
    const {resumes, why} = await tuned(await twoRuns({warmStart: false}));

    assert.equal(resumes, undefined);
    assert.doesNotMatch(why ?? '', /search/);
  });
});
