import type {Step} from './deploy-steps.ts';
import type {DeploymentInputs} from './deployment-inputs.ts';

/** What can take a deployment down. Infrastructure Manager cannot forget what is to stay before it destroys the rest. */
export const DESTROY_TOOLS = ['terraform', 'tofu'] as const;
export type DestroyTool = (typeof DESTROY_TOOLS)[number];

/** What holds data, or what data cannot be read without. Terraform forgets it; with the protected key on record it would destroy nothing. */
export const KEPT = [
  'google_kms_crypto_key.key',
  'google_kms_key_ring.ring',
  'google_storage_bucket.bucket',
  'google_storage_bucket.logs',
];

/** Also in a fresh clone whose record lies in a bucket. */
export function initStep(tool: DestroyTool): Step {
  return [tool, '-chdir=infra', 'init', '-input=false'];
}

/** Shows what is on record of what is to stay. */
export function recordStep(tool: DestroyTool): Step {
  return [tool, '-chdir=infra', 'state', 'list', ...KEPT];
}

/**
 * What takes a deployment down once its record is at hand, in order, in the project folder.
 * @param onRecord what is to be forgotten; all that is kept, unless it was forgotten before
 */
export function destroySteps(
  tool: DestroyTool,
  {project, region}: DeploymentInputs,
  onRecord: readonly string[] = KEPT,
): Step[] {
  const forget: Step = [tool, '-chdir=infra', 'state', 'rm', ...onRecord];
  const variables = [`-var=project=${project}`, `-var=region=${region}`];
  return [
    ...(onRecord.length > 0 ? [forget] : []),
    // Asked for once already, by this command.
    [tool, '-chdir=infra', 'destroy', '-input=false', '-auto-approve', ...variables],
  ];
}

/** What will be gone, what stays, and what to type when that shall go as well. */
export function describeDestruction({project, region}: DeploymentInputs): string {
  const buckets = ['data', 'runs', 'admission', 'source', 'access-logs'].map(
    (name) => `gs://${project}-${name}`,
  );
  return [
    `In ${project}, ${region} will be gone for good:`,
    '  the functions and their accounts, the topics with what nobody has fetched, the images, the workflows, alerts, dashboard, budget',
    'What stays, and can be removed by hand once nobody needs it:',
    `  5 buckets      gcloud storage rm --recursive ${buckets.join(' ')}`,
    `  the database   gcloud firestore databases update --database=millrace --no-delete-protection --project=${project}`,
    `                 gcloud firestore databases delete --database=millrace --project=${project}`,
    `  the key, last  gcloud kms keys versions list --key=millrace --keyring=millrace --location=${region} --project=${project}`,
    `                 gcloud kms keys versions destroy VERSION --key=millrace --keyring=millrace --location=${region} --project=${project}`,
    'Models, endpoints and jobs of Vertex AI are none of this deployment: an endpoint that serves goes on, and costs.',
  ].join('\n');
}
