import assert from 'node:assert/strict';
import {readdir} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {projectFolder} from '../../cli/project-folder.ts';
import {readConfig} from '../../shared/config.ts';
import {matches, page, section, source} from '../docs/pages.ts';
import {keysOf, pushesOf} from './grants.ts';
import {readInfrastructure} from './infrastructure.ts';
import {type Block, resources, type Terraform} from './terraform.ts';

/** Accounts of nothing that is deployed by name. */
const HELPERS = ['builder', 'function-builder', 'scheduler', 'trainer', 'trigger'];

async function workflows(): Promise<string[]> {
  const files = await readdir(join(projectFolder, 'workflows'));
  return files.map((file) => basename(file, '.yaml'));
}

describe('names in infra/', () => {
  it('refer to variables, locals, resources and data that there are', async () => {
    const {terraform} = await readInfrastructure();

    assert.deepEqual(danglingReferences(terraform), []);
  });

  it('miss nothing that is taken away', async () => {
    const edit = ['variables.tf', 'variable "operators"', 'variable "people"'] as const;
    const {terraform} = await readInfrastructure([edit]);

    assert.deepEqual(danglingReferences(terraform), ['var.operators']);
  });

  it('give accounts to functions, workflows and helpers, and rights to these only', async () => {
    const {deployment, permissions, terraform} = await readInfrastructure();
    const accounts = [...Object.keys(deployment.functions), ...(await workflows()), ...HELPERS];
    const others = /^(agent of .+|group:.+|log sink|operators)$/;

    const holders = new Set(permissions.map(({account}) => account).filter((name) => !others.test(name)));
    assert.deepEqual([...holders].toSorted(), accounts.toSorted());
    assert.deepEqual(matches(terraform.text, /^ {4}"([a-z-]+)", +# .+$/gm), HELPERS);
  });

  it('fit into what an account may be called', async () => {
    const {deployment} = await readInfrastructure();
    const accounts = [...Object.keys(deployment.functions), ...(await workflows()), ...HELPERS];

    for (const name of accounts) assert.match(`millrace-${name}`, /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
  });

  it('bring every topic that starts a function to that function, and no other', async () => {
    const {deployment} = await readInfrastructure();
    const events = await page('functions.md');

    for (const push of pushesOf(deployment)) {
      const [topic = '', name = ''] = push.split('/');
      assert.match(section(events, name), new RegExp(`Started by\\*\\* .*\`${topic}\``));
    }
  });

  it('name topics and buckets in grants that there are', async () => {
    const {deployment, permissions} = await readInfrastructure();
    const targets = (word: string) =>
      permissions.flatMap(({on}) => (on.startsWith(`${word} `) ? [on.slice(word.length + 1)] : []));

    assert.deepEqual(
      targets('topic').filter((topic) => !deployment.topics.includes(topic)),
      [],
    );
    assert.deepEqual([...new Set(targets('bucket'))].toSorted(), [
      'admission',
      'data',
      'logs',
      'runs',
      'source',
    ]);
  });

  it('are documented permissions of roles that somebody has', async () => {
    const {terraform, permissions} = await readInfrastructure();
    const roles = Object.keys(terraform.locals.permissions as object);
    const documented = matches(
      section(await page('permissions.md'), 'Roles of our own'),
      /^\| `millrace\.([a-z_]+)` \|/gm,
    );

    assert.deepEqual(documented.toSorted(), roles.toSorted());
    assert.deepEqual(
      roles.filter((role) => !permissions.some((grant) => grant.role === `millrace.${role}`)),
      [],
    );
  });

  it('give functions variables that are documented, and all that they need', async () => {
    const {terraform} = await readInfrastructure();
    const given = matches(await source('infra/functions.tf'), /^ {4,8}([A-Z][A-Z_]+) += /gm);
    const documented = matches(await page('configuration.md'), /^\| `([A-Z_]+)` \|/gm);
    const values = {MILLRACE_REGION: 'us-central1', MILLRACE_PLATFORM_VERIFIES_TOKENS: 'true'};
    const names = [
      'GOOGLE_CLOUD_PROJECT',
      'MILLRACE_DATA_BUCKET',
      'MILLRACE_RUNS_BUCKET',
      'MILLRACE_ADMISSION_BUCKET',
    ];
    const environment = names.map((name) => [name, name.toLowerCase().replaceAll('_', '-')]);

    assert.deepEqual(
      given.filter((name) => !documented.includes(name) && name !== 'NODE_ENV'),
      [],
    );
    assert.deepEqual(
      names.filter((name) => !given.includes(name)),
      [],
    );
    assert.equal(readConfig({...Object.fromEntries(environment), ...values}).region, 'us-central1');
    assert.match(terraform.text, /can\(each\.value\.nodeOptions\) \? \{ NODE_OPTIONS/);
  });

  it('are the same variables in variables.tf, the example and deploy.md', async () => {
    const {terraform} = await readInfrastructure();
    const declared = [...terraform.variables.keys()].toSorted();
    const documented = matches(await source('docs/how-to/deploy.md'), /^\| `([a-z_]+)` \|/gm);
    const shown = matches(await source('infra/terraform.tfvars.example'), /^(?:# )?([a-z_]+) +=/gm);

    assert.deepEqual(documented.toSorted(), declared);
    assert.deepEqual(
      shown.filter((name) => !declared.includes(name)),
      [],
    );
    for (const [name, {type, description, default: fallback}] of terraform.variables) {
      assert(type !== undefined && description !== undefined, name);
      assert.equal(fallback === undefined, ['project', 'region'].includes(name), name);
    }
  });

  it('index every query that filters by one field and orders by another', async () => {
    const {terraform, deployment} = await readInfrastructure();
    const indexed = resources(terraform, 'google_firestore_index').flatMap((index) => {
      const fields = index.body.fields as {field_path: string}[];
      const paths = [index.body.collection, ...fields.map(({field_path: field}) => field)].join();
      return keysOf(index, deployment).map((key) => paths.replace(/\$\{each\.key\}/, key));
    });
    const queries = await source('shared/gateways/run-queries.ts');

    assert.match(queries, /orderBy\('createdAt', 'desc'\)[^;]*;\s*.*where\('pipeline', '=='/);
    assert.deepEqual(matches(queries, /newestWith\(pipeline, '([a-z.]+)'/g), ['state', 'tuning.search']);
    assert.deepEqual(indexed.toSorted(), [
      'runs,pipeline,createdAt',
      'runs,pipeline,state,createdAt',
      'runs,pipeline,tuning.search,createdAt',
    ]);
  });
});

/** What a resource is referred to by. */
function addressOf({kind, type, name}: Block): string {
  return `${kind === 'data' ? 'data.' : ''}${type}.${name}`;
}

function danglingReferences(terraform: Terraform): string[] {
  const known = new Set([
    ...terraform.blocks.map(addressOf),
    ...[...terraform.variables.keys()].map((name) => `var.${name}`),
    ...Object.keys(terraform.locals).map((name) => `local.${name}`),
  ]);
  const code = terraform.text.replaceAll(/^\s*#.*$/gm, '');
  const used = matches(code, /(?<![\w."-])((?:var|local)\.\w+|(?:data\.)?(?:google|archive)_\w+\.\w+)/g);
  return [...new Set(used)].filter((reference) => !known.has(reference));
}
