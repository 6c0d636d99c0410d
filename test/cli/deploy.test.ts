import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {deploySteps, describeDeployment} from '../../cli/deploy-steps.ts';
import {readDeployment} from '../../cli/deployment.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {source} from '../docs/pages.ts';
import {FakeTools} from '../support/fake-tools.ts';

const target = {project: 'my-project', region: 'europe-west4'};
const node = process.execPath;
let tools: FakeTools;

/** The command as a person types it, with the fake tools only. */
async function deploy(...flags: string[]): Promise<{stdout: string; stderr: string; code: number}> {
  const where = ['--project', target.project, '--region', target.region];
  const args = [join(projectFolder, 'cli', 'main.ts'), 'deploy', ...where, ...flags];
  const ended = promisify(execFile)(node, args);
  ended.child.stdin?.end();
  return ended.then(
    (output) => ({...output, code: 0}),
    ({stdout, stderr, code}) => ({stdout, stderr, code}),
  );
}

describe('millrace deploy', () => {
  beforeEach(async () => {
    tools = await FakeTools.start();
  });

  afterEach(() => tools.remove());

  it('runs with gcloud alone what docs/how-to/deploy.md says', async () => {
    await tools.add('gcloud', [{to: 'version', says: {}}]);
    const {stdout} = await deploy('--dry-run');

    const typed = stdout.trim().split('\n');
    assert.equal(typed[0], 'npm run build');
    const page = (await source('docs/how-to/deploy.md')).replaceAll(/\s*\\\n\s*/g, ' ');
    const told = page.replaceAll('PROJECT', target.project).replaceAll('REGION', target.region);
    assert.ok(told.includes(typed.at(-1) ?? 'nothing'));
    assert.deepEqual(await tools.calls(), ['gcloud version']);
  });

  it('takes Terraform or OpenTofu where there is no gcloud', async () => {
    await tools.add('tofu', [{to: 'version', says: 'OpenTofu v1.11.0'}]);

    assert.match((await deploy('--dry-run')).stdout, /^tofu -chdir=infra apply .*-var=region=europe-west4$/m);
  });

  it('refuses when there is nothing to deploy with', async () => {
    const {code, stderr} = await deploy('--dry-run');

    assert.equal(code, 1);
    assert.match(stderr, /^TOOL_MISSING: neither gcloud nor terraform nor tofu is installed/);
  });

  it('does nothing that nobody has agreed to, and says what it would make', async () => {
    await tools.add('terraform', [{to: 'version', says: ''}]);
    const {code, stderr} = await deploy();

    assert.equal(code, 1);
    assert.match(stderr, /In my-project, europe-west4:[\s\S]+9 functions[\s\S]+NOT_CONFIRMED/);
    assert.deepEqual(await tools.calls(), ['terraform version']);
  });

  it('runs one step after the other once it may', async () => {
    await tools.add('npm', [{to: 'run build'}]);
    await tools.add('terraform', [{to: '', says: 'export A=b'}]);
    const {code, stdout} = await deploy('--yes');

    assert.equal(code, 0);
    assert.match(stdout, /export A=b/);
    assert.deepEqual(
      (await tools.calls()).slice(1),
      deploySteps('terraform', target).map((step) => step.join(' ')),
    );
  });

  it('stops at the first step that fails', async () => {
    await tools.add('npm', [{to: 'run build', refuses: 'no space left'}]);
    await tools.add('terraform', [{to: ''}]);
    const {code, stderr} = await deploy('--yes');

    assert.equal(code, 1);
    assert.match(stderr, /no space left\nTOOL_FAILED: npm ended with 1/);
    assert.deepEqual(await tools.calls(), ['terraform version', 'npm run build']);
  });

  it('refuses a tool that it does not know', async () => {
    assert.equal((await deploy('--tool', 'pulumi')).code, 2);
  });

  it('tells what it costs when nothing runs', async () => {
    assert.match(describeDeployment(await readDeployment(), target), /^Idle it costs .+ a month/m);
  });
});
