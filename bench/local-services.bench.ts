import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Firestore} from '@google-cloud/firestore';
import {PubSub} from '@google-cloud/pubsub';
import {columns} from '../cli/output.ts';
import {startCloud} from '../local/cloud.ts';
import {startEmulator} from '../test/emulators/emulator.ts';

// Firestore and Pub/Sub of the local cloud beside Google's emulators: the same clients, the same work, in turn, in one run.

const ROUNDS = 5;
const OPERATIONS = 200;

interface Work {
  readonly name: string;
  readonly atOnce: number;
  operation(services: Services, index: number): Promise<unknown>;
}

interface Services {
  readonly firestore: Firestore;
  readonly pubsub: PubSub;
}

const WORKS: readonly Work[] = [
  {name: 'Firestore create', atOnce: 1, operation: createDocument},
  {name: 'Firestore create', atOnce: 16, operation: createDocument},
  {name: 'Firestore transaction: read, write', atOnce: 1, operation: readAndWrite},
  {name: 'Firestore transaction: read, write', atOnce: 16, operation: readAndWrite},
  {name: 'Pub/Sub publish', atOnce: 1, operation: publish},
  {name: 'Pub/Sub publish', atOnce: 16, operation: publish},
];

async function createDocument({firestore}: Services, index: number): Promise<unknown> {
  return firestore
    .collection('bench')
    .doc(`${performance.now()}-${index}`)
    .create({index, text: 'a short text'});
}

/** Each on a document of its own: what contention costs is not the question here. */
async function readAndWrite({firestore}: Services, index: number): Promise<unknown> {
  const document = firestore.collection('counters').doc(String(index));
  return firestore.runTransaction(async (transaction) => {
    const snapshot = await transaction.get(document);
    transaction.set(document, {count: Number(snapshot.get('count') ?? 0) + 1});
  });
}

async function publish({pubsub}: Services, index: number): Promise<unknown> {
  return pubsub.topic('bench', {batching: {maxMessages: 1}}).publishMessage({json: {index}});
}

function clientsOf(firestoreHost: string, pubsubHost: string): Services {
  const firestore = new Firestore({
    projectId: 'bench',
    host: firestoreHost,
    ssl: false,
    customHeaders: {Authorization: 'Bearer owner'},
  });
  return {firestore, pubsub: new PubSub({projectId: 'bench', apiEndpoint: pubsubHost, emulatorMode: true})};
}

/** Operations per second. */
async function rate({atOnce, operation}: Work, services: Services): Promise<number> {
  const start = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < OPERATIONS) await operation(services, next++);
  };
  await Promise.all(Array.from({length: atOnce}, worker));
  return (OPERATIONS * 1000) / (performance.now() - start);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function compare(work: Work, ours: Services, theirs: Services | undefined): Promise<string[]> {
  const rates = {ours: [] as number[], theirs: [] as number[]};
  for (let round = 0; round <= ROUNDS; round++) {
    const mine = await rate(work, ours);
    const other = theirs === undefined ? Number.NaN : await rate(work, theirs);
    if (round === 0) continue;
    rates.ours.push(mine);
    rates.theirs.push(other);
  }
  const [here, there] = [median(rates.ours), median(rates.theirs)];
  const peer = theirs === undefined ? ['–', '–'] : [there.toFixed(0), (here / there).toFixed(1)];
  return [work.name, String(work.atOnce), here.toFixed(0), ...peer];
}

const folder = await mkdtemp(join(tmpdir(), 'bench-'));
const cloud = await startCloud({
  folder,
  project: {id: 'bench', number: '1'},
  region: 'us-central1',
  httpPort: 0,
  grpcPort: 0,
});
const emulators = await Promise.all([startEmulator('firestore'), startEmulator('pubsub')]);
const [firestoreEmulator, pubsubEmulator] = emulators;
const ours = clientsOf(cloud.grpcAddress, cloud.grpcAddress);
const theirs = firestoreEmulator && pubsubEmulator && clientsOf(firestoreEmulator.host, pubsubEmulator.host);
if (theirs === undefined)
  console.log("Google's emulators need gcloud and Java; without them only the local cloud is measured.");
try {
  for (const services of [ours, theirs]) await services?.pubsub.createTopic('bench');
  const table = [['operation', 'at once', 'local cloud, per second', 'emulator, per second', 'ratio']];
  for (const work of WORKS) table.push(await compare(work, ours, theirs));
  console.log(columns(table));
} finally {
  for (const services of [ours, theirs])
    await Promise.all([services?.pubsub.close(), services?.firestore.terminate()]);
  await Promise.all(emulators.map((emulator) => emulator?.stop()));
  await cloud.close();
  await rm(folder, {recursive: true});
}
