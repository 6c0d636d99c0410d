import {DEPLOYER_ROLES, deployerOf, FIRST_APIS} from '../../../cli/doctor/deployer.ts';
import type {ToolAnswer} from '../../support/fake-tools.ts';

export const target = {project: 'my-project', region: 'us-central1'};

const agents = [
  ['aiplatform', 'gcp-sa-aiplatform'],
  ['eventarc', 'gcp-sa-eventarc'],
  ['pubsub', 'gcp-sa-pubsub'],
] as const;

/** The policy of a project in which everything is granted. */
export const policy = {
  version: 1,
  etag: 'BwY=',
  bindings: [
    ...DEPLOYER_ROLES.map((role) => ({
      role: `roles/${role}`,
      members: ['user:me@example.com', `serviceAccount:${deployerOf(target.project)}`],
    })),
    ...agents.map(([service, domain]) => ({
      role: `roles/${service}.serviceAgent`,
      members: [`serviceAccount:service-123@${domain}.iam.gserviceaccount.com`],
    })),
  ],
};

const location = (name: string) => ({name: `projects/my-project/locations/${name}`, locationId: name});

const quota = (metric: string, metricDisplayName: string, details: object) => ({
  metric: `aiplatform.googleapis.com/${metric}`,
  metricDisplayName,
  quotaId: 'Id',
  dimensionsInfos: [{applicableLocations: ['europe-west4', 'us-central1'], details}],
});

/** What gcloud answers about a project where nothing is missing, cut to what it says in the real form. */
const healthy: Readonly<Record<string, unknown>> = {
  'auth list': [{account: 'me@example.com', status: 'ACTIVE'}],
  'auth application-default print-access-token': {token: 'ya29.mine'},
  'projects describe my-project': {
    projectId: 'my-project',
    projectNumber: '123',
    lifecycleState: 'ACTIVE',
  },
  'billing projects describe': {billingAccountName: 'billingAccounts/0', billingEnabled: true},
  'services list --enabled': FIRST_APIS.map((name) => ({config: {name}, state: 'ENABLED'})),
  'projects get-iam-policy': policy,
  'storage buckets list': [
    {name: 'my-project-data', location: 'US-CENTRAL1'},
    {name: 'another', location: 'EU'},
  ],
  'firestore databases list': [
    {name: 'projects/my-project/databases/millrace', locationId: 'us-central1', type: 'FIRESTORE_NATIVE'},
  ],
  'firestore fields ttls list': ['callers', 'keys', 'outbox'].map((collection) => ({
    name: `projects/my-project/databases/millrace/collectionGroups/${collection}/fields/expireAt`,
    ttlConfig: {state: 'ACTIVE'},
  })),
  'firestore indexes composite list': [[], ['state'], ['tuning.search']].map((paths, index) => ({
    name: `projects/my-project/databases/millrace/collectionGroups/runs/indexes/CICAgO${index}`,
    state: 'READY',
    fields: [
      ...['pipeline', ...paths].map((fieldPath) => ({fieldPath, order: 'ASCENDING'})),
      {fieldPath: 'createdAt', order: 'DESCENDING'},
      {fieldPath: '__name__', order: 'DESCENDING'},
    ],
  })),
  'eventarc locations list': [location('us-central1'), location('europe-west4')],
  'scheduler locations list': [location('us-central1')],
  'functions regions list': [location('us-central1')],
  'artifacts locations list': [location('us-central1')],
  'beta quotas info list': [
    quota('custom_model_training_cpus', 'Custom model training CPUs', {value: '42'}),
    quota('job_submissions', 'Job or LRO submission requests', {value: '60'}),
    quota('custom_model_training_nvidia_t4_gpus', 'T4 GPUs', {value: '0'}),
  ],
};

/** The healthy answers, some of them replaced. */
export function answers(
  changes: Readonly<Record<string, unknown>> = {},
  refusals: Readonly<Record<string, string>> = {},
): ToolAnswer[] {
  return [
    ...Object.entries(refusals).map(([to, refuses]) => ({to, refuses})),
    ...Object.entries({...healthy, ...changes}).map(([to, says]) => ({to, says})),
  ];
}

export {quota};
