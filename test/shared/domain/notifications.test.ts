import assert from 'node:assert/strict';
import {runFailed, versionRejected, versionReleased} from '../../../shared/domain/notifications.ts';
import type {Run} from '../../../shared/domain/run.ts';
import {PLACE} from '../../support/memory-ports.ts';
import {played, runOf} from '../../support/story.ts';

const FAILURE = {stage: 'build-image', code: 'BUILD_FAILED', message: 'no such package'};

describe('a notification', () => {
  let run: Run;

  before(async () => {
    const {world, runId} = await played(6);
    run = runOf(world, runId);
  });

  it('of a release names version and endpoint, with a page of the console for each', () => {
    const release = {
      sentence: 'better',
      replaces: '1',
      model: 'flowers',
      version: '2',
      endpoint: 'blooms',
      decision: {released: true, reason: 'better'} as const,
    };

    const cost = {tuning: {hours: 2, dollars: 0.5}, training: {hours: 1, dollars: 0.25}};

    const {topic, body} = versionReleased({...run, release, cost}, PLACE);

    const console = 'https://console.cloud.google.com';
    assert.equal(topic, 'version-released');
    assert.deepEqual(body, {
      runId: run.id,
      pipeline: 'flowers',
      sentence: 'better',
      replaces: '1',
      model: 'flowers',
      version: '2',
      endpoint: 'blooms',
      cost: {dollars: 0.75, prices: '2026-11-23'},
      next: 'npx millrace versions flowers',
      links: {
        run: `${console}/firestore/databases/millrace/data/panel/runs/${run.id}?project=the-project`,
        model: `${console}/vertex-ai/models/locations/us-central1/models/flowers/versions/2?project=the-project`,
        endpoint: `${console}/vertex-ai/online-prediction/locations/us-central1/endpoints/blooms?project=the-project`,
      },
    });
  });

  it('of a release on AI Platform has no pages that the console has not', () => {
    const release = {sentence: 'first', model: 'flowers', version: 'v1', endpoint: 'flowers'};
    const definition = run.definition && {
      ...run.definition,
      pipeline: {...run.definition.pipeline, platform: 'ai-platform' as const},
    };

    const {links} = versionReleased({...run, definition, release}, PLACE).body;

    assert.deepEqual(Object.keys(links), ['run']);
  });

  it('has no cost without every price', () => {
    const cost = {tuning: {hours: 2, dollars: 0.5}, training: {hours: 1}};

    assert.ok(!('cost' in runFailed({...run, cost}, FAILURE, PLACE).body));
  });

  it('of a first version leaves out what it replaces', () => {
    const release = {sentence: 'first', model: 'flowers', version: '1', endpoint: 'flowers'};

    assert.equal('replaces' in versionReleased({...run, release}, PLACE).body, false);
  });

  it('of a rejection has the sentence of the gate, and no page of a version', () => {
    const {topic, body} = versionRejected({...run, release: {sentence: 'kept version 1'}}, PLACE);

    assert.deepEqual([topic, body.sentence], ['version-rejected', 'kept version 1']);
    assert.equal(body.next, `npx millrace promote ${run.id} --reason TEXT`);
    assert.deepEqual(Object.keys(body.links), ['run']);
  });

  it('of a roll-back that came to nothing says who answers, and offers no release', () => {
    const restores = {version: '1', run: run.id, by: 'ann', reason: 'twice'};

    const {body} = versionRejected({...run, restores, release: {sentence: 'answers already'}}, PLACE);

    assert.equal(body.next, 'npx millrace versions flowers');
  });

  it('of a failure says what to do first, and runs again from the stage that was begun last', () => {
    const {body} = runFailed(run, {...FAILURE, hint: 'Correct requirements.txt.'}, PLACE);

    assert.equal(body.sentence, 'build-image failed: no such package');
    assert.equal(body.hint, 'Correct requirements.txt.');
    assert.equal(body.next, `npx millrace rerun ${run.id} --from release`);
  });

  it('of a failure begins at the beginning when nothing was done, or where a rerun began', () => {
    const next = (from?: 'tune') => {
      const begun: Run = {...run, history: [], ...(from && {from})};
      return runFailed(begun, FAILURE, PLACE).body.next;
    };

    assert.match(next(), /--from split$/);
    assert.match(next('tune'), /--from tune$/);
  });
});
