import {z} from 'zod';
import type {Target} from '../deployment-inputs.ts';
import type {CloudCheck} from './cloud-check.ts';
import {DEPLOYER_ROLES, deployerOf, FIRST_APIS} from './deployer.ts';
import {failed, fine, later} from './finding.ts';
import {firestoreChecks} from './firestore-checks.ts';
import {quotaChecks} from './quota-checks.ts';

const policySchema = z.object({
  bindings: z.array(z.object({role: z.string(), members: z.array(z.string())})).default([]),
});

type Policy = z.output<typeof policySchema>;

const askPolicy = ({project}: Target) => ['projects', 'get-iam-policy', project];

const seePolicy = ({project}: Target) =>
  `gcloud projects get-iam-policy ${project}   # needs resourcemanager.projects.getIamPolicy`;

const login: CloudCheck = {
  title: 'login of gcloud',
  isRequired: true,
  ask: () => ['auth', 'list', '--filter=status:ACTIVE'],
  judge: (answer) => {
    const [active] = z.array(z.object({account: z.string()})).parse(answer);
    return active === undefined ? failed('nobody is logged in', 'gcloud auth login') : fine(active.account);
  },
  remedy: () => 'gcloud auth login',
};

/** What this project's other commands act with; gcloud's own login is another. The answer holds a token, which is not looked at. */
const defaultCredentials: CloudCheck = {
  title: 'application default credentials',
  ask: () => ['auth', 'application-default', 'print-access-token'],
  judge: () => fine('there'),
  remedy: () => 'gcloud auth application-default login',
};

const project: CloudCheck = {
  title: 'project',
  isRequired: true,
  ask: (target) => ['projects', 'describe', target.project],
  judge: (answer, target) => {
    const {lifecycleState} = z.object({lifecycleState: z.string()}).parse(answer);
    if (lifecycleState === 'ACTIVE') return fine(target.project);
    return failed(
      `${target.project} is ${lifecycleState.toLowerCase()}`,
      `gcloud projects undelete ${target.project}`,
    );
  },
  remedy: (target) => `gcloud projects create ${target.project}   # or another with --project`,
};

const billing: CloudCheck = {
  title: 'billing',
  ask: (target) => ['billing', 'projects', 'describe', target.project],
  judge: (answer, target) => {
    const {billingEnabled} = z.object({billingEnabled: z.boolean().default(false)}).parse(answer);
    return billingEnabled ? fine('on') : failed('no billing account', linkBilling(target));
  },
  remedy: linkBilling,
};

function linkBilling(target: Target): string {
  return `gcloud billing projects link ${target.project} --billing-account=BILLING_ACCOUNT   # see: gcloud billing accounts list`;
}

const apis: CloudCheck = {
  title: 'APIs',
  ask: (target) => ['services', 'list', '--enabled', `--project=${target.project}`],
  judge: (answer, target) => {
    const services = z.array(z.object({config: z.object({name: z.string()})})).parse(answer);
    const enabled = new Set(services.map(({config}) => config.name));
    const missing = FIRST_APIS.filter((api) => !enabled.has(api));
    if (missing.length === 0) return fine('those that deploying needs are on; it switches on the others');
    return failed(`off: ${missing.join(', ')}`, enable(target, missing));
  },
  remedy: (target) => enable(target, FIRST_APIS),
};

function enable(target: Target, services: readonly string[]): string {
  return `gcloud services enable ${services.join(' ')} --project=${target.project}`;
}

const deployer: CloudCheck = {
  title: 'roles of the deployer',
  ask: askPolicy,
  judge: (answer, target) => {
    const member = `serviceAccount:${deployerOf(target.project)}`;
    const held = rolesOf(policySchema.parse(answer), member);
    const missing = DEPLOYER_ROLES.filter((role) => !held.has(`roles/${role}`));
    if (missing.length === 0) return fine(`${DEPLOYER_ROLES.length} of ${DEPLOYER_ROLES.length}`);
    return failed(
      `missing: ${missing.join(', ')}`,
      [
        ...(held.size === 0
          ? [`gcloud iam service-accounts create millrace-deployer --project=${target.project}`]
          : []),
        ...missing.map((role) => grant(target, member, `roles/${role}`)),
      ].join('\n'),
    );
  },
  remedy: seePolicy,
};

/** Grants that Google makes when a service is switched on, and that people remove by mistake. */
const AGENTS = [
  {service: 'aiplatform', domain: 'gcp-sa-aiplatform', role: 'roles/aiplatform.serviceAgent'},
  {service: 'eventarc', domain: 'gcp-sa-eventarc', role: 'roles/eventarc.serviceAgent'},
  {service: 'pubsub', domain: 'gcp-sa-pubsub', role: 'roles/pubsub.serviceAgent'},
] as const;

const agentChecks: readonly CloudCheck[] = AGENTS.map(({service, domain, role}) => ({
  title: `service agent of ${service}`,
  ask: askPolicy,
  judge: (answer, target) => {
    const agent = new RegExp(`^serviceAccount:service-\\d+@${domain}\\.iam\\.gserviceaccount\\.com$`);
    const {bindings} = policySchema.parse(answer);
    const member = bindings.flatMap(({members}) => members).find((name) => agent.test(name));
    if (member === undefined) return later('not there yet');
    const {bindings: held} = policySchema.parse(answer);
    if (held.some((binding) => binding.role === role && binding.members.includes(member))) return fine(role);
    return failed(`${member} lacks ${role}`, grant(target, member, role));
  },
  remedy: seePolicy,
}));

function rolesOf({bindings}: Policy, member: string): ReadonlySet<string> {
  return new Set(bindings.flatMap(({role, members}) => (members.includes(member) ? [role] : [])));
}

function grant(target: Target, member: string, role: string): string {
  return `gcloud projects add-iam-policy-binding ${target.project} --member=${member} --role=${role} --condition=None`;
}

const BUCKETS = ['data', 'runs', 'admission', 'source', 'access-logs'];

const buckets: CloudCheck = {
  title: 'locations of buckets',
  ask: (target) => ['storage', 'buckets', 'list', `--project=${target.project}`],
  judge: (answer, target) => {
    const all = z.array(z.object({name: z.string(), location: z.string()})).parse(answer);
    const ours = all.filter(({name}) => BUCKETS.some((suffix) => name === `${target.project}-${suffix}`));
    const elsewhere = ours.filter(({location}) => location.toLowerCase() !== target.region);
    if (elsewhere.length > 0) {
      return failed(
        elsewhere.map(({name, location}) => `${name} is in ${location.toLowerCase()}`).join(', '),
        `npx millrace doctor --region ${elsewhere[0]?.location.toLowerCase()}   # deploy where the buckets are, or remove them`,
      );
    }
    return ours.length === 0 ? later('no bucket yet') : fine(`${ours.length} in ${target.region}`);
  },
  remedy: (target) =>
    `gcloud storage buckets list --project=${target.project}   # needs storage.buckets.list`,
};

const database: CloudCheck = {
  title: 'location of the database',
  ask: (target) => ['firestore', 'databases', 'list', `--project=${target.project}`],
  judge: (answer, target) => {
    const all = z.array(z.object({name: z.string(), locationId: z.string()})).parse(answer);
    const ours = all.find(({name}) => name.endsWith('/databases/millrace'));
    if (ours === undefined) return later('no database yet');
    if (ours.locationId === target.region) return fine(target.region);
    return failed(
      `it is in ${ours.locationId}`,
      `npx millrace doctor --region ${ours.locationId}   # a database cannot be moved`,
    );
  },
  remedy: (target) => enable(target, ['firestore.googleapis.com']),
};

/** Services that are not offered everywhere, by the command that lists where they are. */
const REGIONAL = [
  {title: 'region of Eventarc', ask: ['eventarc', 'locations', 'list']},
  {title: 'region of Cloud Scheduler', ask: ['scheduler', 'locations', 'list']},
  {title: 'region of Cloud Run functions', ask: ['functions', 'regions', 'list', '--gen2']},
  {title: 'region of Artifact Registry', ask: ['artifacts', 'locations', 'list']},
] as const;

const regionChecks: readonly CloudCheck[] = REGIONAL.map(({title, ask}) => ({
  title,
  ask: (target) => [...ask, `--project=${target.project}`],
  judge: (answer, target) => {
    const places = z.array(z.object({name: z.string()})).parse(answer);
    const names = places.map(({name}) => name.slice(name.lastIndexOf('/') + 1));
    if (names.includes(target.region)) return fine(target.region);
    return failed(`not offered in ${target.region}`, `gcloud ${ask.join(' ')}   # choose one of these`);
  },
  remedy: (target) => `gcloud ${ask.join(' ')} --project=${target.project}`,
}));

/** In the order in which they are told. */
export const CLOUD_CHECKS: readonly CloudCheck[] = [
  login,
  defaultCredentials,
  project,
  billing,
  apis,
  deployer,
  ...agentChecks,
  ...regionChecks,
  buckets,
  database,
  ...firestoreChecks,
  ...quotaChecks,
];
