import assert from 'node:assert/strict';
import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {dropFile} from '../../cli/drop-file.ts';
import {followRun} from '../../cli/follow-run.ts';
import {type LocalProject, startLocalProject} from '../../cli/local-project.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {pushPipeline} from '../../cli/push-pipeline.ts';
import {readConfig} from '../../shared/config.ts';
import type {Run} from '../../shared/domain/run.ts';
import {findJobOf} from '../../shared/find-job.ts';
import {findRun} from '../../shared/find-run.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import {platformOf} from '../../shared/platform-of.ts';
import type {Ports} from '../../shared/ports.ts';
import {readInstances} from '../../shared/read-instances.ts';
import {holdBudget} from '../../shared/sweep/hold-budget.ts';
import {settle} from '../support/settle.ts';

const RUNNING_MS = 60_000;
const SEARCHING_MS = 25_000;
const EXAMPLE = join(projectFolder, 'examples', 'iris');
const DATA = join(EXAMPLE, 'data', 'iris.csv');

/** One second more than what is kept back for one trial at a time: five minutes, until the next look. */
const BUDGET = 'budget: {maxNodeHours: 0.0836}\n';

/** The first trial is quick; all others would go on for an hour. */
const SLOW_TRAINER = {
  '.dockerignore': '',
  Dockerfile: 'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["sh", "slow.sh"]\n',
  'slow.sh': `case "$*" in
  *--hptune*) [ "$CLOUD_ML_TRIAL_ID" = 1 ] || exec sleep 3600 ;;
esac
exec node main.ts "$@"
`,
};

/** Everything real, as in whole-path.ts; the test looks at the search instead of the sweep, and more often. */
describe('a search with a budget on this machine', function () {
  this.timeout(RUNNING_MS);
  let folder: string;
  let project: LocalProject;
  let ports: Ports;
  let run: Run;
  const environment = {...process.env};

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'budget-'));
    project = await startLocalProject({folder: join(folder, 'cloud'), port: 0});
    Object.assign(process.env, project.env);
    ports = googleCloud(readConfig(process.env));
    await pushPipeline(await slowPipeline(), ports);
    const {runId} = await dropFile(DATA, 'iris', ports);
    await settle(() => spend(runId), SEARCHING_MS);
    run = await followRun(runId, ports);
  });

  after(async () => {
    await project?.close();
    await rm(folder, {recursive: true});
    process.env = environment;
  });

  async function slowPipeline(): Promise<string> {
    const pipeline = join(folder, 'iris');
    await cp(EXAMPLE, pipeline, {recursive: true});
    for (const [file, text] of Object.entries(SLOW_TRAINER))
      await writeFile(join(pipeline, 'trainer', file), text);
    const definition = await readFile(join(EXAMPLE, 'pipeline.yaml'), 'utf8');
    const oneByOne = definition.replace('parallelTrials: 3', 'parallelTrials: 1');
    await writeFile(join(pipeline, 'pipeline.yaml'), oneByOne + BUDGET);
    return pipeline;
  }

  /** Looks at the search, as the sweep does, once a trial has ended. */
  async function spend(runId: string): Promise<string | undefined> {
    const now = await findRun(runId, ports);
    const job = await findJobOf(now, 'tuning', ports);
    if (job === undefined || !job.trials.some(({state}) => state === 'succeeded'))
      return `the run is ${now.state}, no trial has ended well`;
    await holdBudget(now, Date.now(), ports);
    return job.state === 'cancelled' ? undefined : `the search is ${job.state}`;
  }

  it('ends early, with trials that were never begun', async () => {
    const job = await findJobOf(run, 'tuning', ports);

    assert.equal(job?.state, 'cancelled');
    const succeeded = job.trials.filter(({state}) => state === 'succeeded');
    assert.deepEqual(
      succeeded.map(({id}) => id),
      ['1'],
    );
    assert.ok(job.trials.length < 6, `${job.trials.length} trials`);
  });

  it('trains again with the best trial so far, and says that the budget was the reason', () => {
    assert.equal(run.tuning?.best?.id, '1', JSON.stringify(run.failure));
    assert.match(run.tuning.why ?? '', /; tuning ended after 0\.\d\d of 0\.08 node-hours$/);
  });

  it('releases that model, which answers', async () => {
    assert.equal(run.state, 'released', JSON.stringify(run.failure ?? run.release));
    const {instances, labels} = await readInstances(run, 10, ports);

    const {predictions} = await platformOf(run, ports).models.predict('iris', instances);

    assert.equal(predictions.length, labels.length);
  });
});
