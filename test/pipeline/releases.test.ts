import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {digits, withoutMinimum} from '../../cli/demo-pipeline.ts';
import {type LocalProject, startLocalProject} from '../../cli/local-project.ts';
import {portsFromEnvironment, rerunFromEnvironment} from '../../cli/ports.ts';
import {type Act, tellReleases} from '../../cli/tell-releases.ts';
import {crowningsOf, rollBackTo} from '../../shared/domain/champions.ts';
import type {Ports} from '../../shared/ports.ts';
import {settle} from '../support/settle.ts';

const INSTALLING_MS = 300_000;
const RUNNING_MS = 60_000;

/** Everything real, as in whole-path.ts; what `millrace demo --releases` shows. */
describe('a champion on this machine', function () {
  this.timeout(RUNNING_MS);
  let folder: string;
  let project: LocalProject;
  let ports: Ports;
  const acts: Act[] = [];
  const told: string[] = [];
  const environment = {...process.env};

  before(async function () {
    this.timeout(INSTALLING_MS);
    folder = await mkdtemp(join(tmpdir(), 'millrace-'));
    project = await startLocalProject({folder: join(folder, 'cloud'), port: 0});
    Object.assign(process.env, project.env);
    ports = portsFromEnvironment();
    const say = (stage: string, text: string) => told.push(`${stage}: ${text}`);
    const pipeline = await withoutMinimum(digits, folder);
    acts.push(...(await tellReleases(pipeline, folder, {ports, rerun: rerunFromEnvironment(), say})));
  });

  after(async () => {
    await project?.close();
    await rm(folder, {recursive: true});
    process.env = environment;
  });

  it('is at first the only version there is', () => {
    const [first] = acts;

    assert.equal(first?.run.state, 'released', JSON.stringify(first?.run.failure));
    assert.match(first.run.release?.sentence ?? '', /^first version: accuracy [\d.]+ on \d+ test rows$/);
    assert.deepEqual([first.version, first.champion], ['1', '1']);
  });

  it('gives way to a model of better data', () => {
    const second = acts[1];

    assert.match(
      second?.run.release?.sentence ?? '',
      /^accuracy 0\.\d+ against 0\.\d+ of version 1 on the same 174 rows, p < 0\.0001$/,
    );
    assert.deepEqual([second?.run.release?.replaces, second?.version, second?.champion], ['1', '2', '2']);
  });

  it('stays when 30 % of the labels are shuffled, and answers as before', () => {
    const [, second, third] = acts;

    assert.equal(third?.run.state, 'rejected', JSON.stringify(third?.run.failure));
    assert.match(
      third.run.release?.sentence ?? '',
      /^kept version 2: accuracy 0\.\d+ against 0\.\d+ on the same \d+ rows, which is worse$/,
    );
    const {test, champion} = third.run.release?.decision?.numbers ?? {};
    assert.ok(test?.kind === 'mcnemar' && test.p > 0.5 && test.onlyChampion > test.onlyChallenger);
    assert.equal(champion?.version, '2');
    assert.deepEqual([third.version, third.champion, third.right], ['2', '2', second?.right]);
  });

  it('is brought back by a roll-back, and answers as it did', async () => {
    const [first, second, , fourth] = acts;

    assert.equal(fourth?.run.state, 'released', JSON.stringify(fourth?.run.failure));
    assert.match(fourth.run.release?.sentence ?? '', /^rolled back to version 1 by .+: /);
    assert.deepEqual([fourth.version, fourth.champion, fourth.run.release?.version], ['1', '1', '1']);
    assert.ok(fourth.right < (second?.right ?? 0), 'version 1 knows less');
    assert.equal(fourth.run.restores?.run, first?.run.id);
    await settle(async () => {
      const {deployed} = await ports.platforms.vertex.models.endpoint('digits');
      const versions = deployed.map(({version}) => version).join();
      return versions === '1' ? undefined : `deployed: ${versions}`;
    }, RUNNING_MS);
  });

  it('is told of with all who were before', () => {
    const versions = told.filter((line) => line.startsWith('versions: '));

    assert.deepEqual(
      versions.map((line) => line.slice('versions: '.length, 'versions: '.length + 1)),
      ['1', '2', '1'],
    );
    const splits = told.filter((line) => line.startsWith('split: training '));
    assert.equal(splits.length, 3, 'a roll-back splits nothing');
  });

  it('has no version before it that was not rolled back from', async () => {
    const crownings = crowningsOf(await ports.runs.releases('digits'));

    assert.throws(() => rollBackTo(crownings), {code: 'NO_EARLIER_VERSION'});
  });

  it('stays where it is when it is brought back once more', async () => {
    const [first] = acts;
    const ask = {action: 'rollback', run: first?.run.id, reason: 'twice'};

    const {run: runId} = await rerunFromEnvironment().ask(ask, 'twice');

    await settle(async () => {
      const run = await ports.runs.find(runId);
      return run?.state === 'rejected' ? undefined : String(run?.state);
    }, RUNNING_MS);
    const sentence = (await ports.runs.find(runId))?.release?.sentence;
    assert.equal(sentence, 'version 1 answers already');
    assert.equal((await ports.platforms.vertex.models.champion('digits'))?.version, '1');
  });
});
