import assert from 'node:assert/strict';
import {CLOUD_CHECKS} from '../../../cli/doctor/cloud-checks.ts';
import {DEPLOYER_ROLES, FIRST_APIS} from '../../../cli/doctor/deployer.ts';
import {Examination} from '../../../cli/doctor/examine.ts';
import type {Finding} from '../../../cli/doctor/finding.ts';
import {EXPIRING} from '../../../cli/doctor/firestore-checks.ts';
import {source} from '../../docs/pages.ts';
import {FakeTools, type ToolAnswer} from '../../support/fake-tools.ts';
import {answers, policy, quota, target} from './recorded.ts';

let tools: FakeTools;

/** All findings about a project of which gcloud says this. */
async function examine(recorded: readonly ToolAnswer[]): Promise<Map<string, Finding>> {
  await tools.add('gcloud', recorded);
  const examination = new Examination(target);
  const findings = new Map<string, Finding>();
  for (const check of CLOUD_CHECKS) findings.set(check.title, await examination.ask(check));
  return findings;
}

function notFine(findings: ReadonlyMap<string, Finding>): string[] {
  return [...findings].flatMap(([title, {status}]) => (status === 'fine' ? [] : [`${title}: ${status}`]));
}

describe('the checks of a project', () => {
  beforeEach(async () => {
    tools = await FakeTools.start();
  });

  afterEach(() => tools.remove());

  it('find nothing where nothing is missing, and ask each question once', async () => {
    assert.deepEqual(notFine(await examine(answers())), []);
    const calls = await tools.calls();
    assert.equal(new Set(calls).size, calls.length);
    assert.deepEqual(
      calls.filter((call) => !call.endsWith('--format=json --quiet')),
      [],
    );
  });

  const broken: readonly {
    name: string;
    changes: Readonly<Record<string, unknown>>;
    title: string;
    found: RegExp;
    remedy: RegExp;
  }[] = [
    {
      name: 'a project without billing',
      changes: {'billing projects describe': {billingEnabled: false}},
      title: 'billing',
      found: /no billing account/,
      remedy: /^gcloud billing projects link my-project /,
    },
    {
      name: 'an API that deploying needs',
      changes: {'services list --enabled': FIRST_APIS.slice(1).map((name) => ({config: {name}}))},
      title: 'APIs',
      found: /^off: config.googleapis.com$/,
      remedy: /^gcloud services enable config.googleapis.com --project=my-project$/,
    },
    {
      name: 'a role that the deployer lacks',
      changes: {
        'projects get-iam-policy': {bindings: policy.bindings.filter(({role}) => role !== 'roles/run.admin')},
      },
      title: 'roles of the deployer',
      found: /^missing: run.admin$/,
      remedy:
        /^gcloud projects add-iam-policy-binding my-project --member=serviceAccount:millrace-deployer@\S+ --role=roles\/run.admin --condition=None$/,
    },
    {
      name: 'a bucket in another region',
      changes: {'storage buckets list': [{name: 'my-project-runs', location: 'EU'}]},
      title: 'locations of buckets',
      found: /^my-project-runs is in eu$/,
      remedy: /doctor --region eu/,
    },
    {
      name: 'a database in another region',
      changes: {'firestore databases list': [{name: 'x/databases/millrace', locationId: 'nam5'}]},
      title: 'location of the database',
      found: /^it is in nam5$/,
      remedy: /cannot be moved/,
    },
    {
      name: 'documents that never expire',
      changes: {'firestore fields ttls list': [{name: 'x/collectionGroups/keys/fields/expireAt'}]},
      title: 'expiry of documents',
      found: /in: callers, outbox$/,
      remedy: /^npx millrace deploy --project my-project/,
    },
    {
      name: 'a missing index',
      changes: {'firestore indexes composite list': []},
      title: 'indexes of runs by pipeline',
      found:
        /^there is none of: pipeline\+createdAt, pipeline\+state\+createdAt, pipeline\+tuning\.search\+createdAt$/,
      remedy: /^npx millrace deploy/,
    },
    {
      name: 'a region where a service is not offered',
      changes: {'eventarc locations list': [{name: 'projects/p/locations/us-east1'}]},
      title: 'region of Eventarc',
      found: /not offered in us-central1/,
      remedy: /^gcloud eventarc locations list/,
    },
    {
      name: 'a project that may train on no machine',
      changes: {'beta quotas info list': [quota('custom_model_training_cpus', '', {value: '0'})]},
      title: 'quota of training CPUs',
      found: /^0 at once, and 12 are needed$/,
      remedy: /iam-admin\/quotas\?project=my-project/,
    },
    {
      name: 'too few submissions a minute',
      changes: {'beta quotas info list': [quota('x', 'Job or LRO submission requests', {value: '10'})]},
      title: 'quota of job submissions',
      found: /^10 a minute, and 60 are needed$/,
      remedy: /ask for more in us-central1/,
    },
    {
      name: 'an answer of another form',
      changes: {'storage buckets list': {buckets: []}},
      title: 'locations of buckets',
      found: /form not known/,
      remedy: /components update/,
    },
  ];
  for (const {name, changes, title, found, remedy} of broken) {
    it(`tell ${name}, and what to type`, async () => {
      const findings = await examine(answers(changes));

      assert.deepEqual(notFine(findings), [`${title}: failed`]);
      assert.match(findings.get(title)?.found ?? '', found);
      assert.match(findings.get(title)?.remedy ?? '', remedy);
    });
  }

  it('tell a service agent that has lost its role, by its name', async () => {
    const bindings = policy.bindings.map((binding) =>
      binding.role === 'roles/pubsub.serviceAgent' ? {...binding, role: 'roles/viewer'} : binding,
    );
    const findings = await examine(answers({'projects get-iam-policy': {bindings}}));

    assert.deepEqual(notFine(findings), ['service agent of pubsub: failed']);
    assert.match(
      findings.get('service agent of pubsub')?.remedy ?? '',
      /--member=serviceAccount:service-123@gcp-sa-pubsub\S+ --role=roles\/pubsub.serviceAgent /,
    );
  });

  it('leave to the deployment what it makes', async () => {
    const findings = await examine(
      answers(
        {
          'storage buckets list': [],
          'projects get-iam-policy': {
            bindings: policy.bindings.filter(({role}) => !role.endsWith('serviceAgent')),
          },
        },
        {'firestore databases list': 'ERROR: (gcloud) PERMISSION_DENIED: SERVICE_DISABLED'},
      ),
    );

    assert.deepEqual(notFine(findings), [
      'service agent of aiplatform: later',
      'service agent of eventarc: later',
      'service agent of pubsub: later',
      'locations of buckets: later',
      'location of the database: later',
    ]);
  });

  it('say what to type for the login of the other commands', async () => {
    const refusal = 'ERROR: (gcloud) Your default credentials were not found.';
    const findings = await examine(answers({}, {'auth application-default print-access-token': refusal}));

    const {status, remedy} = findings.get('application default credentials') ?? {};
    assert.deepEqual([status, remedy], ['failed', 'gcloud auth application-default login']);
  });

  it('never show the token', async () => {
    assert.doesNotMatch(JSON.stringify([...(await examine(answers({}, {})))]), /ya29/);
  });

  it('leave what lies in a missing database to the deployment', async () => {
    const refusal = 'ERROR: NOT_FOUND: The database millrace does not exist for project my-project';
    const findings = await examine(answers({}, {'firestore fields ttls list': refusal}));

    assert.equal(findings.get('expiry of documents')?.status, 'later');
  });

  it('know every collection that infra/ lets expire', async () => {
    const tf = await source('infra/firestore.tf');
    const listed = /"expiry" \{\s+for_each += toset\(\[(.+?)\]\)/.exec(tf)?.[1] ?? '';

    assert.deepEqual(
      [...listed.matchAll(/"(\w+)"/g)].map(([, name]) => name),
      EXPIRING,
    );
  });

  it('repeat what gcloud says when it refuses', async () => {
    const refusal = 'ERROR: (gcloud.billing.projects.describe) PERMISSION_DENIED: no permission';
    const findings = await examine(answers({}, {'billing projects describe': refusal}));

    assert.equal(findings.get('billing')?.found, refusal);
    assert.equal(findings.get('billing')?.status, 'failed');
  });

  it('stop at a missing login, which hides everything else', async () => {
    const findings = await examine(answers({'auth list': []}));

    assert.deepEqual(findings.get('login of gcloud'), {
      status: 'failed',
      found: 'nobody is logged in',
      remedy: 'gcloud auth login',
    });
    assert.equal((await tools.calls()).length, 1);
    assert.equal(findings.get('billing')?.status, 'skipped');
  });

  it('stop at a project that is not there', async () => {
    const findings = await examine(answers({}, {'projects describe': 'ERROR: NOT_FOUND'}));

    assert.match(findings.get('project')?.remedy ?? '', /^gcloud projects create my-project/);
    assert.equal((await tools.calls()).length, 3);
  });

  it('ask for what docs/how-to/deploy.md grants and switches on', async () => {
    const page = await source('docs/how-to/deploy.md');
    const [, roles = ''] = /^for role in ([^;]+); do$/m.exec(page) ?? [];
    const [, services = ''] = /^gcloud services enable (.+)$/m.exec(page) ?? [];

    assert.deepEqual(roles.split(/[\s\\]+/), DEPLOYER_ROLES);
    assert.deepEqual(services.split(' '), FIRST_APIS);
  });
});
