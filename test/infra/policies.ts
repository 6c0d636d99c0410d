import type {Deployment} from '../../cli/deployment.ts';
import {type Grant, grantsOf, keysOf, pushesOf} from './grants.ts';
import {type Block, type Body, nested, resources, type Terraform} from './terraform.ts';

export interface Infrastructure {
  readonly terraform: Terraform;
  readonly deployment: Deployment;
  readonly firestoreRules: string;
  /** What docs/reference/permissions.md tells. */
  readonly permissions: readonly Grant[];
}

/** What is wrong, in sentences; nothing when the policy is kept. */
export type Policy = (infrastructure: Infrastructure) => string[];

const FUNCTION = 'google_cloudfunctions2_function';
const SUBSCRIPTION = 'google_pubsub_subscription';
const DATABASE = 'google_firestore_database';

/** The promises that no scanner checks; the names are those of the tests. */
export const POLICIES: Readonly<Record<string, Policy>> = {
  'P1: an event that a function fails on is delivered again': ({terraform}) =>
    resources(terraform, FUNCTION).flatMap(({name, body}) =>
      nested(body, 'event_trigger').flatMap(({retry_policy: policy}) =>
        policy === 'RETRY_POLICY_RETRY' ? [] : [`${name}: events are dropped after one attempt`],
      ),
    ),

  'P2: a subscription gives a function its time, pauses between attempts and gives up into dead letters': (
    infrastructure,
  ) =>
    pushSubscriptions(infrastructure).flatMap(({name, body}) => [
      ...unless(nested(body, 'dead_letter_policy').length === 1, `${name}: no dead letters`),
      ...unless(isBackoff(nested(body, 'retry_policy')), `${name}: no back-off of 10 to 600 seconds`),
      ...unless(body.message_retention_duration === days(7), `${name}: keeps messages for less than a week`),
      ...unless(neverExpires(body), `${name}: expires when nothing happens`),
      ...ackComplaints(String(body.ack_deadline_seconds), infrastructure.deployment),
    ]),

  'P3: dead letters are kept for 31 days by a subscription that never expires': ({terraform, deployment}) => {
    const keeper = resources(terraform, SUBSCRIPTION).find(({name}) => name === 'dead_letters');
    if (keeper === undefined) return ['nobody keeps the dead letters'];
    return [
      ...unless(neverExpires(keeper.body), 'the dead letters expire when nobody looks'),
      ...unless(
        deployment.deadLetters.retentionDays === 31 &&
          keeper.body.message_retention_duration ===
            `${expression('local.dead_letters.retentionDays * 24 * 60 * 60')}s`,
        'the dead letters are kept for less than 31 days',
      ),
    ];
  },

  'P4: nobody unknown may call a function': ({terraform, deployment}) => {
    const invokers = grantsOf(terraform, deployment).filter(({role}) => role === 'roles/run.invoker');
    const http = new Map([
      ['rerun', ['retry-stage', 'operators']],
      ['sweep', ['scheduler']],
    ]);
    const strangers = invokers.filter(({account, on}) => {
      const allowed = http.get(on.replace('function ', '')) ?? ['trigger'];
      return !allowed.includes(account);
    });
    return [
      ...strangers.map(({account, on}) => `${account} may call ${on}`),
      ...unless(!/allUsers|allAuthenticatedUsers/.test(terraform.text), 'something is open to all'),
    ];
  },

  'P5: a function has an account of its own and bounds': ({terraform, deployment}) =>
    resources(terraform, FUNCTION).flatMap(({name, body}) => {
      const [service = {}] = nested(body, 'service_config');
      const environment = String(service.environment_variables);
      return [
        ...unless(
          service.service_account_email === expression('google_service_account.account[each.key].email'),
          `${name}: no account of its own`,
        ),
        ...unless(
          service.max_instance_count === expression('each.value.maxInstances'),
          `${name}: no bound of instances`,
        ),
        ...unless(service.max_instance_request_concurrency === 1, `${name}: no bound of requests at once`),
        ...unless(
          service.timeout_seconds === expression('each.value.timeoutSeconds'),
          `${name}: no time limit`,
        ),
        ...unless(
          String(service.ingress_settings).endsWith('"ALLOW_INTERNAL_ONLY"}'),
          `${name}: open ingress`,
        ),
        ...unless(
          environment.includes('local.environment') && /NODE_ENV += "production"/.test(terraform.text),
          `${name}: NODE_ENV is not production`,
        ),
        ...Object.entries(deployment.functions).flatMap(([key, {timeoutSeconds}]) =>
          unless(timeoutSeconds <= 540, `${key}: an event may take 540 seconds`),
        ),
      ];
    }),

  'P6: the database can be restored, not deleted, and not reached from the web': ({
    terraform,
    deployment,
    firestoreRules,
  }) => [
    ...resources(terraform, DATABASE).flatMap(({body}) => [
      ...unless(
        body.point_in_time_recovery_enablement === 'POINT_IN_TIME_RECOVERY_ENABLED',
        'the database cannot be restored',
      ),
      ...unless(body.delete_protection_state === 'DELETE_PROTECTION_ENABLED', 'the database can be deleted'),
    ]),
    ...unless(!/allow [^;]*if (?!false)/.test(firestoreRules), 'a rule lets somebody in'),
    ...resources(terraform, 'google_firestore_field')
      .filter(({body}) => nested(body, 'ttl_config').length > 0)
      .flatMap((block) => keysOf(block, deployment))
      .filter((collection) => !['callers', 'keys', 'outbox'].includes(collection))
      .map((collection) => `documents of ${collection} expire`),
  ],

  'P7: the schedule calls with a token for the function that it calls': ({terraform}) =>
    resources(terraform, 'google_cloud_scheduler_job').flatMap(({name, body}) => {
      const [target = {}] = nested(body, 'http_target');
      const [token] = nested(target, 'oidc_token');
      return unless(
        token !== undefined && token.audience === target.uri,
        `${name}: no token, or one for somebody else`,
      );
    }),

  'P8: everything lies in the one region and is labelled': ({terraform}) => [
    ...terraform.blocks.flatMap(({type, name, body}) =>
      ['location', 'region', 'location_id', 'trigger_region']
        .map((attribute) => body[attribute])
        .filter((place) => place !== undefined && place !== expression('var.region'))
        .map((place) => `${type}.${name} lies in ${place}`),
    ),
    ...unless(
      JSON.stringify((terraform.providers.google as Body | undefined)?.default_labels) ===
        JSON.stringify({app: 'millrace'}),
      'resources have no label',
    ),
  ],

  'P9: somebody is warned of the cost': ({terraform}) => {
    const [budget] = resources(terraform, 'google_billing_budget');
    if (budget === undefined) return ['there is no budget'];
    return unless(nested(budget.body, 'threshold_rules').length > 0, 'the budget warns of nothing');
  },

  'P10: every account may do exactly what the page of permissions tells': ({
    terraform,
    deployment,
    permissions,
  }) => {
    const told = new Set(permissions.map(lineOf));
    const made = new Set(grantsOf(terraform, deployment).map(lineOf));
    return [
      ...[...made].filter((line) => !told.has(line)).map((line) => `not told: ${line}`),
      ...[...told].filter((line) => !made.has(line)).map((line) => `not granted: ${line}`),
      ...[...made].filter((line) => /roles\/(owner|editor|viewer)\b|Admin\b/.test(line)),
      ...resources(terraform, 'google_service_account_key').map(({name}) => `a key for ${name}`),
      ...terraform.blocks
        .filter(isAuthoritative)
        .map(({type, name}) => `${type}.${name} removes grants of others`),
    ];
  },

  'P11: nothing secret leaves': ({terraform}) => [
    ...[...terraform.outputs]
      .filter(([, {value}]) => /secret|password|private_key|token/i.test(JSON.stringify(value)))
      .map(([name]) => `output ${name} tells a secret`),
    ...[...terraform.variables.keys()]
      .filter((name) => /secret|password|token/i.test(name))
      .map((name) => `variable ${name} takes a secret into the state`),
  ],

  'P12: what a run writes starts no run': ({terraform, deployment}) => {
    const names = String(terraform.locals.bucket_names);
    const watched = Object.values(deployment.functions).flatMap(({triggers}) =>
      triggers.flatMap((trigger) => ('bucket' in trigger ? [trigger.bucket as string] : [])),
    );
    const filters = resources(terraform, FUNCTION).flatMap(({body}) =>
      nested(body, 'event_trigger').flatMap((trigger) => nested(trigger, 'event_filters')),
    );
    return [
      ...unless(
        names.includes('var.project') && names.includes('["data", "runs", "admission"'),
        'data, runs and admission are not buckets of their own',
      ),
      ...unless(
        filters.length > 0 &&
          filters.every(
            ({value}) => value === expression('google_storage_bucket.bucket[event_trigger.value].name'),
          ),
        'a trigger does not filter by its bucket',
      ),
      ...watched
        .filter((bucket) => bucket !== 'data')
        .map((bucket) => `objects of ${bucket} start something`),
    ];
  },
};

/** As the parser gives what is to be evaluated. */
function expression(text: string): string {
  return `\${${text}}`;
}

function unless(holds: boolean, complaint: string): string[] {
  return holds ? [] : [complaint];
}

function pushSubscriptions({terraform}: Infrastructure): Block[] {
  return resources(terraform, SUBSCRIPTION).filter(({body}) => nested(body, 'push_config').length > 0);
}

function isBackoff([policy]: Body[]): boolean {
  return policy?.minimum_backoff === '10s' && policy.maximum_backoff === '600s';
}

function neverExpires(body: Body): boolean {
  return nested(body, 'expiration_policy').some(({ttl}) => ttl === '');
}

function days(count: number): string {
  return `${count * 24 * 60 * 60}s`;
}

/** Every push may take half a minute longer than its function. */
function ackComplaints(deadline: string, deployment: Deployment): string[] {
  const margin = /^\$\{min\(600, .*\.timeoutSeconds \+ (\d+)\)\}$/.exec(deadline)?.[1];
  if (margin === undefined) return [`a push is given ${deadline}, whatever its function takes`];
  return pushesOf(deployment).filter((push) => {
    const timeout = deployment.functions[push.split('/')[1] ?? '']?.timeoutSeconds ?? 0;
    return Math.min(600, timeout + Number(margin)) < timeout + 30;
  });
}

function lineOf({account, role, on}: Grant): string {
  return `${account} has ${role} on ${on}`;
}

/** Bindings and policies replace what others have granted. */
function isAuthoritative({kind, type}: Block): boolean {
  return kind === 'resource' && /_iam_(binding|policy)$/.test(type);
}
