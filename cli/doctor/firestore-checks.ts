import {z} from 'zod';
import type {Target} from '../deployment-inputs.ts';
import type {CloudCheck} from './cloud-check.ts';
import {type Finding, failed, fine} from './finding.ts';

/** Whose documents say when they are of no use any more; infra/firestore.tf makes the policies. */
export const EXPIRING = ['callers', 'keys', 'outbox'];

const namesSchema = z.array(z.object({name: z.string()}));

const expiry: CloudCheck = {
  title: 'expiry of documents',
  ask: ({project}) => ['firestore', 'fields', 'ttls', 'list', '--database=millrace', `--project=${project}`],
  judge: (answer, target) => {
    const fields = namesSchema.parse(answer);
    const missing = EXPIRING.filter(
      (collection) =>
        !fields.some(({name}) => name.endsWith(`/collectionGroups/${collection}/fields/expireAt`)),
    );
    if (missing.length === 0) return fine(`${EXPIRING.length} of ${EXPIRING.length}`);
    return madeAgain(`documents never expire in: ${missing.join(', ')}`, target);
  },
  remedy: seeDatabases,
};

const indexSchema = z.array(
  z.object({name: z.string(), state: z.string(), fields: z.array(z.object({fieldPath: z.string()}))}),
);

const runsIndex: CloudCheck = {
  title: 'index of runs by pipeline',
  ask: ({project}) => [
    'firestore',
    'indexes',
    'composite',
    'list',
    '--database=millrace',
    `--project=${project}`,
  ],
  judge: (answer, target) => {
    const index = indexSchema
      .parse(answer)
      .find(
        ({name, fields}) =>
          name.includes('/collectionGroups/runs/') && fields.some(({fieldPath}) => fieldPath === 'pipeline'),
      );
    if (index === undefined) return madeAgain('it is not there', target);
    // While it is made, queries that need it are refused; that ends by itself.
    return fine(index.state.toLowerCase());
  },
  remedy: seeDatabases,
};

function madeAgain(found: string, {project, region}: Target): Finding {
  return failed(found, `npx millrace deploy --project ${project} --region ${region}   # makes it again`);
}

function seeDatabases({project}: Target): string {
  return `gcloud firestore databases list --project=${project}   # needs datastore.indexes.list`;
}

export const firestoreChecks: readonly CloudCheck[] = [expiry, runsIndex];
