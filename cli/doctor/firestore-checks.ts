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

/** What runs are found by, besides the newest of their pipeline; infra/firestore.tf makes the indexes. */
const INDEXED = [
  ['pipeline', 'createdAt'],
  ['pipeline', 'state', 'createdAt'],
  ['pipeline', 'tuning.search', 'createdAt'],
];

const runsIndexes: CloudCheck = {
  title: 'indexes of runs by pipeline',
  ask: ({project}) => [
    'firestore',
    'indexes',
    'composite',
    'list',
    '--database=millrace',
    `--project=${project}`,
  ],
  judge: (answer, target) => {
    const indexes = indexSchema
      .parse(answer)
      .filter(({name}) => name.includes('/collectionGroups/runs/'))
      .map(({state, fields}) => ({state, paths: pathsOf(fields)}));
    const missing = INDEXED.map((paths) => paths.join('+')).filter(
      (wanted) => !indexes.some(({paths}) => paths === wanted),
    );
    if (missing.length > 0) return madeAgain(`there is none of: ${missing.join(', ')}`, target);
    // While one is made, queries that need it are refused; that ends by itself.
    const unready = indexes.filter(({state}) => state !== 'READY');
    return fine(unready.length === 0 ? 'ready' : `${unready.length} being made`);
  },
  remedy: seeDatabases,
};

/** Without the document's name, which Firestore adds to every index. */
function pathsOf(fields: readonly {readonly fieldPath: string}[]): string {
  const paths = fields.map(({fieldPath}) => fieldPath);
  return paths.filter((path) => path !== '__name__').join('+');
}

function madeAgain(found: string, {project, region}: Target): Finding {
  return failed(found, `npx millrace deploy --project ${project} --region ${region}   # makes it again`);
}

function seeDatabases({project}: Target): string {
  return `gcloud firestore databases list --project=${project}   # needs datastore.indexes.list`;
}

export const firestoreChecks: readonly CloudCheck[] = [expiry, runsIndexes];
