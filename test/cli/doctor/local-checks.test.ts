import assert from 'node:assert/strict';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {INPUT_NAMES, readInputs} from '../../../cli/deployment-inputs.ts';
import {lookAt} from '../../../cli/doctor/examine.ts';
import type {Finding} from '../../../cli/doctor/finding.ts';
import {localChecks} from '../../../cli/doctor/local-checks.ts';
import {matches, source} from '../../docs/pages.ts';
import {FakeTools} from '../../support/fake-tools.ts';

let tools: FakeTools;

/** A terraform.tfvars with this text. */
async function inputsFile(text: string): Promise<string> {
  const file = join(tools.folder, 'terraform.tfvars');
  await writeFile(file, text);
  return file;
}

async function finding(title: string, tfvars = 'project = "my-project"\nregion = "us-central1"') {
  const file = await inputsFile(tfvars);
  const check = localChecks(() => readInputs({}, file), tools.folder).find((each) => each.title === title);
  assert.ok(check);
  return lookAt(check);
}

function refusal({status, found, remedy}: Finding): string {
  return `${status}: ${found} -> ${remedy}`;
}

describe('the checks of this machine', () => {
  beforeEach(async () => {
    tools = await FakeTools.start();
  });

  afterEach(() => tools.remove());

  it('tell the versions of gcloud and Terraform', async () => {
    await tools.add('gcloud', [{to: 'version', says: {'Google Cloud SDK': '587.0.0'}}]);
    await tools.add('tofu', [{to: 'version -json', says: {terraform_version: '1.11.0'}}]);

    assert.equal((await finding('gcloud')).found, '587.0.0');
    assert.equal((await finding('Terraform')).found, 'tofu 1.11.0');
  });

  it('want gcloud, and no Terraform', async () => {
    assert.match(refusal(await finding('gcloud')), /^failed: not installed -> open https:/);
    assert.equal((await finding('Terraform')).status, 'fine');
  });

  it('tell what is to be deployed where', async () => {
    assert.equal((await finding('variables')).found, 'project my-project, region us-central1');
  });

  it('take flags over the file, which may be missing', async () => {
    const target = {project: 'other-project', region: 'europe-west4'};

    assert.deepEqual(await readInputs(target, join(tools.folder, 'nowhere')), target);
  });

  const refused: readonly [name: string, text: string, found: RegExp][] = [
    ['an empty file', '', /project/],
    ['a region that is none', 'project = "my-project"\nregion = "central"', /expected a region such as/],
    ['a variable that there is not', 'project = "my-project"\nregion = "us-central1"\nzone = "a"', /zone/],
    ['a dataset without its project', 'table_datasets = ["sales"]', /expected project\.dataset/],
    ['a file that is no HCL', 'project = ', /not of the form/],
  ];
  for (const [name, text, found] of refused) {
    it(`refuse ${name}`, async () => {
      const line = await finding('variables', text);

      assert.match(line.found, found);
      assert.match(refusal(line), /^failed: [\s\S]+terraform\.tfvars\.example/);
    });
  }

  it('want every bundle', async () => {
    const folder = join(tools.folder, 'dist', 'functions', 'rerun');
    await mkdir(folder, {recursive: true});
    await writeFile(join(folder, 'index.cjs'), '');

    assert.equal(refusal(await finding('bundles')), 'failed: 8 of 9 are not built -> npm run build');
  });

  it('want a source for every function that is to be deployed', async () => {
    assert.match(refusal(await finding('names')), /names what is not there: .*receive-data\.ts/);
  });

  it('know the variables of infra/variables.tf', async () => {
    const declared = matches(await source('infra/variables.tf'), /^variable "(\w+)"/gm);

    assert.deepEqual(INPUT_NAMES.toSorted(), declared.toSorted());
  });
});
