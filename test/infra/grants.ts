import type {Deployment} from '../../cli/deployment.ts';
import type {Block, Terraform} from './terraform.ts';

/** Who may do what on what, in the words of docs/reference/permissions.md. */
export interface Grant {
  readonly account: string;
  readonly role: string;
  readonly on: string;
}

/** Every grant that is made, with `for_each` spelled out. */
export function grantsOf(terraform: Terraform, deployment: Deployment): Grant[] {
  return terraform.blocks
    .filter(({kind, type}) => kind === 'resource' && type.endsWith('_iam_member'))
    .flatMap((block) =>
      keysOf(block, deployment).map((key) => ({
        account: accountOf(resolve(block.body.member, key)),
        role: roleOf(resolve(block.body.role, key)),
        on: targetOf(block, key),
      })),
    );
}

/** The keys of a block's `for_each`, those of a condition that holds among them; a single empty one without it. @throws Error for a form that is not known */
export function keysOf({type, name, body}: Block, deployment: Deployment): string[] {
  const all = body.for_each;
  if (all === undefined) return [''];
  const expression = typeof all === 'string' ? all.slice(2, -1) : '';
  const literal = /^toset\((?:var\.\w+ \? )?(\[.*?\])(?: : \[\])?\)$/s.exec(expression)?.[1];
  if (literal !== undefined) return JSON.parse(literal.replace(/,\s*\]$/, ']')) as string[];
  if (expression === 'local.functions') return Object.keys(deployment.functions);
  if (expression === 'local.pushes') return pushesOf(deployment);
  if (expression === 'local.deployment.sinks') return Object.keys(deployment.sinks);
  if (expression.startsWith('var.')) return [`<${expression}>`];
  throw new Error(`${type}.${name}: for_each of an unknown form: ${expression}`);
}

/** Topic/function, for every topic that starts a function. */
export function pushesOf({functions}: Deployment): string[] {
  return Object.entries(functions).flatMap(([name, {triggers}]) =>
    triggers.flatMap((trigger) => ('topic' in trigger ? [`${trigger.topic}/${name}`] : [])),
  );
}

/** An expression with the key of this instance put in. */
function resolve(expression: unknown, key: string): string {
  return String(expression)
    .replaceAll(/split\("\/", each\.key\)\[(\d)\]/g, (_, part) => JSON.stringify(key.split('/')[part]))
    .replaceAll(/each\.key/g, JSON.stringify(key));
}

function accountOf(member: string): string {
  const own = /^\$\{google_service_account\.account\["([^"]+)"\]\.member\}$/.exec(member)?.[1];
  const agent = /^\$\{google_project_service_identity\.agent\["([^"]+)"\]\.member\}$/.exec(member)?.[1];
  if (own !== undefined) return own;
  if (agent !== undefined) return `agent of ${agent}`;
  if (member.includes('google_storage_project_service_account.agent.member')) return 'agent of storage';
  if (member.includes('google_logging_project_sink.sink[')) return 'log sink';
  if (member.startsWith('user:') && member.includes('<var.operators>')) return 'operators';
  return member;
}

function roleOf(role: string): string {
  const own = /^\$\{google_project_iam_custom_role\.role\["([^"]+)"\]\.id\}$/.exec(role)?.[1];
  return own === undefined ? role : `millrace.${own}`;
}

/** The attribute that names the resource of a grant, by the grant's type; the project's own have none. */
const TARGETS: Readonly<Record<string, readonly [attribute: string, word: string]>> = {
  google_artifact_registry_repository_iam_member: ['repository', 'repository'],
  google_bigquery_dataset_iam_member: ['dataset_id', 'dataset'],
  google_cloud_run_v2_service_iam_member: ['name', 'function'],
  google_kms_crypto_key_iam_member: ['crypto_key_id', 'key'],
  google_pubsub_subscription_iam_member: ['subscription', 'subscription'],
  google_pubsub_topic_iam_member: ['topic', 'topic'],
  google_service_account_iam_member: ['service_account_id', 'account'],
  google_storage_bucket_iam_member: ['bucket', 'bucket'],
};

function targetOf({type, body}: Block, key: string): string {
  const target = TARGETS[type];
  if (target === undefined) return body.condition === undefined ? 'project' : 'database millrace';
  const [attribute, word] = target;
  const expression = resolve(body[attribute], key);
  if (expression.includes('<var.table_datasets>')) return 'datasets of table_datasets';
  const instance = /\["([^"]+)"\]/.exec(expression)?.[1] ?? /^\$\{\w+\.(\w+)\./.exec(expression)?.[1];
  const sink = expression.includes('each.value.topic') ? key : undefined;
  return word === 'key' ? word : `${word} ${sink ?? instance}`;
}
