import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describeDestruction, destroySteps, KEPT} from '../../cli/destroy-steps.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {source} from '../docs/pages.ts';
import {FakeTools} from '../support/fake-tools.ts';

const target = {project: 'my-project', region: 'europe-west4'};
const node = process.execPath;
const LISTED = ['google_kms_crypto_key.key', 'google_storage_bucket.bucket["data"]'];
let tools: FakeTools;

/** The command as a person types it, with the fake tools only. */
async function destroy(...flags: string[]): Promise<{stdout: string; stderr: string; code: number}> {
  const where = ['--project', target.project, '--region', target.region];
  const args = [join(projectFolder, 'cli', 'main.ts'), 'destroy', ...where, ...flags];
  const ended = promisify(execFile)(node, args);
  ended.child.stdin?.end();
  return ended.then(
    (output) => ({...output, code: 0}),
    ({stdout, stderr, code}) => ({stdout, stderr, code}),
  );
}

describe('millrace destroy', () => {
  beforeEach(async () => {
    tools = await FakeTools.start();
  });

  afterEach(() => tools.remove());

  it('forgets what is to stay before it destroys the rest', async () => {
    await tools.add('terraform', [
      {to: '-chdir=infra state list', says: LISTED.join('\n')},
      {to: '', says: 'done'},
    ]);
    const {code} = await destroy('--yes');

    assert.equal(code, 0);
    assert.deepEqual(
      (await tools.calls()).filter((call) => !/ (version|init|list)\b/.test(call)),
      destroySteps('terraform', target, LISTED).map((step) => step.join(' ')),
    );
  });

  it('goes on where it was stopped, with nothing left to forget', async () => {
    await tools.add('tofu', [
      {to: '-chdir=infra state list', says: ''},
      {to: '-chdir=infra state rm', refuses: 'No matching objects found'},
      {to: '', says: 'done'},
    ]);

    assert.equal((await destroy('--yes', '--tool', 'tofu')).code, 0);
  });

  it('does nothing that nobody has agreed to, and says what would go and what stays', async () => {
    await tools.add('terraform', [{to: 'version', says: ''}]);
    const {code, stderr} = await destroy();

    assert.equal(code, 1);
    assert.match(stderr, /In my-project, europe-west4 will be gone[\s\S]+What stays[\s\S]+NOT_CONFIRMED/);
    assert.deepEqual(await tools.calls(), ['terraform version']);
  });

  it('only prints the commands when asked to', async () => {
    const {stdout} = await destroy('--dry-run', '--tool', 'terraform');

    assert.deepEqual(stdout.trim().split('\n'), [
      'terraform -chdir=infra init -input=false',
      `terraform -chdir=infra state rm ${KEPT.join(' ')}`,
      'terraform -chdir=infra destroy -input=false -auto-approve -var=project=my-project -var=region=europe-west4',
    ]);
    assert.deepEqual(await tools.calls(), []);
  });

  it('destroys nothing when what is to stay cannot be forgotten', async () => {
    await tools.add('terraform', [
      {to: '-chdir=infra state list', says: LISTED.join('\n')},
      {to: '-chdir=infra state rm', refuses: 'state is locked'},
      {to: '', says: ''},
    ]);
    const {code, stderr} = await destroy('--yes');

    assert.equal(code, 1);
    assert.match(stderr, /state is locked\nTOOL_FAILED: terraform ended with 1/);
    assert.ok(!(await tools.calls()).some((call) => call.includes(' destroy ')));
  });

  it('refuses Infrastructure Manager, which cannot forget', async () => {
    assert.equal((await destroy('--tool', 'infra-manager')).code, 2);
  });

  it('refuses where there is nothing to destroy with', async () => {
    assert.match((await destroy()).stderr, /^TOOL_MISSING: neither terraform nor tofu is installed/);
  });

  it('keeps everything in infra/ that cannot be made again', async () => {
    const files = await Promise.all(['key', 'buckets'].map((name) => source(`infra/${name}.tf`)));
    const declared = files
      .join('\n')
      .matchAll(/^resource "(google_kms_crypto_key|google_kms_key_ring|google_storage_bucket)" "(\w+)"/gm);

    assert.deepEqual([...declared].map(([, type, name]) => `${type}.${name}`).toSorted(), KEPT.toSorted());
    assert.match(await source('infra/firestore.tf'), /deletion_policy += "ABANDON"/);
  });

  it('names every bucket that stays', async () => {
    const text = describeDestruction(target);
    const tf = await source('infra/buckets.tf');
    const names = [...(/for name in \[(.+?)\]/.exec(tf)?.[1]?.matchAll(/"(\w+)"/g) ?? [])].map(
      ([, name]) => name,
    );

    assert.equal(names.length, 4);
    for (const name of [...names, 'access-logs']) assert.ok(text.includes(`gs://my-project-${name}`), name);
  });
});
