/** What has to be switched on before anything can be deployed; infra/apis.tf switches on the rest. */
export const FIRST_APIS = [
  'config.googleapis.com',
  'cloudbuild.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'iam.googleapis.com',
];

/** What the account that deploys has to be granted in the project, as docs/how-to/deploy.md does. */
export const DEPLOYER_ROLES = [
  'config.agent',
  'artifactregistry.admin',
  'bigquery.dataOwner',
  'cloudbuild.builds.editor',
  'cloudfunctions.admin',
  'cloudkms.admin',
  'cloudscheduler.admin',
  'datastore.owner',
  'eventarc.admin',
  'firebaserules.admin',
  'iam.roleAdmin',
  'iam.serviceAccountAdmin',
  'iam.serviceAccountUser',
  'logging.configWriter',
  'logging.logWriter',
  'monitoring.editor',
  'pubsub.admin',
  'resourcemanager.projectIamAdmin',
  'run.admin',
  'serviceusage.serviceUsageAdmin',
  'storage.admin',
  'workflows.admin',
];

/** The account that deploys. */
export function deployerOf(project: string): string {
  return `millrace-deployer@${project}.iam.gserviceaccount.com`;
}
