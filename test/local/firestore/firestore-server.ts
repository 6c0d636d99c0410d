import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import clients, {Firestore} from '@google-cloud/firestore';
import {credentials, Server, ServerCredentials} from '@grpc/grpc-js';
import {addFirestore} from '../../../local/firestore/firestore.ts';
import {openState} from '../../../local/state.ts';

const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

/** A local Firestore on a free port, with a client of it. */
export interface RunningFirestore {
  readonly firestore: Firestore;
  readonly port: number;
  /** Ends client and server and leaves the state as a kill would. */
  close(): Promise<void>;
}

export async function serveFirestore(folder: string): Promise<RunningFirestore> {
  const state = openState(folder);
  const server = new Server({'grpc.max_receive_message_length': MAX_REQUEST_BYTES});
  addFirestore(server, state);
  const port = await promisify(server.bindAsync.bind(server))(
    '127.0.0.1:0',
    ServerCredentials.createInsecure(),
  );
  const firestore = clientOf(port);
  const close = async () => {
    await firestore.terminate();
    server.forceShutdown();
    state.close();
  };
  return {firestore, port, close};
}

export function clientOf(port: number, databaseId = '(default)'): Firestore {
  return new Firestore({
    projectId: 'local',
    databaseId,
    host: `127.0.0.1:${port}`,
    ssl: false,
    customHeaders: {Authorization: 'Bearer owner'},
  });
}

export function stateFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'firestore-'));
}

export function removeFolder(folder: string): Promise<void> {
  return rm(folder, {recursive: true, force: true});
}

/** A client with one method per call of the protocol. */
export type ProtocolClient = InstanceType<typeof clients.v1.FirestoreClient>;

function protocolClient(port: number): ProtocolClient {
  const sslCreds = credentials.createInsecure();
  return new clients.v1.FirestoreClient({servicePath: '127.0.0.1', port, sslCreds});
}

/** A Firestore of its own with a protocol client; closing removes it. */
export async function openProtocol() {
  const folder = await stateFolder();
  const running = await serveFirestore(folder);
  const client = protocolClient(running.port);
  const close = async () => {
    await client.close();
    await running.close();
    await removeFolder(folder);
  };
  return {client, running, close};
}

/** All that a streaming call answers. */
export async function responses<Response>(stream: AsyncIterable<Response>): Promise<Response[]> {
  const all: Response[] = [];
  for await (const response of stream) all.push(response);
  return all;
}
