import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PubSub} from '@google-cloud/pubsub';
import {Server, ServerCredentials} from '@grpc/grpc-js';
import {Broker} from '../../../local/pubsub/broker.ts';
import {addPubsubServices} from '../../../local/pubsub/grpc-services.ts';
import {openState} from '../../../local/state.ts';

/** A broker on a folder of its own. */
export function localBroker() {
  const root = mkdtempSync(join(tmpdir(), 'pubsub-'));
  const state = openState(root);
  const broker = new Broker(state);
  return {
    root,
    state,
    broker,
    close() {
      broker.close();
      state.close();
      rmSync(root, {recursive: true, force: true});
    },
  };
}

/** The local Pub/Sub on a free port, with the real client pointed at it. */
export async function localPubsub() {
  const local = localBroker();
  const server = new Server({'grpc.max_receive_message_length': -1});
  addPubsubServices(server, local.broker);
  const {promise, resolve, reject} = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  const apiEndpoint = `127.0.0.1:${await promise}`;
  return {
    broker: local.broker,
    pubsub: new PubSub({projectId: 'test', apiEndpoint, emulatorMode: true}),
    async close() {
      server.forceShutdown();
      local.close();
    },
  };
}
