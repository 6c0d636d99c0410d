import {subscribe} from 'node:diagnostics_channel';
import type {IncomingMessage} from 'node:http';
import {Server, type UntypedServiceImplementation} from '@grpc/grpc-js';

/** One request that the local cloud was sent. */
export interface Entry {
  /** Of the wall clock, as the cloud's own records have it; with fractions. */
  readonly atMs: number;
  /** A gRPC method, or the path of a REST request. */
  readonly name: string;
  /** Of Pub/Sub's `Publish`. */
  readonly topic?: string | undefined;
  /** Of Firestore: the read that opens a transaction. */
  readonly begins?: true;
  /** Documents that Firestore is asked for by name or finds by a query, as it charges them. */
  reads?: number;
  /** Documents that a commit writes. */
  readonly writes?: number;
}

/** The fields of requests that count here. */
interface Asked {
  readonly topic?: string;
  readonly newTransaction?: unknown;
  readonly options?: unknown;
  readonly documents?: readonly string[];
  readonly writes?: readonly unknown[];
}

interface Call {
  readonly request: Asked;
  write?(answer: {readonly document?: unknown}): boolean;
}

type Handler = (call: Call, respond?: unknown) => void;

const nowMs = () => performance.timeOrigin + performance.now();

/** Has everything told that the cloud in this process is asked from now on; to be called before it starts. */
export function observeCloud(note: (entry: Entry) => void): void {
  observeServices(note);
  subscribe('http.server.request.start', (message) => {
    const {url = ''} = (message as {request: IncomingMessage}).request;
    note({atMs: nowMs(), name: url.split('?')[0] ?? ''});
  });
}

function observeServices(note: (entry: Entry) => void): void {
  const {addService} = Server.prototype;
  Server.prototype.addService = function (service, implementation) {
    const observed = Object.entries(implementation).map(([name, handler]) => [
      name,
      observe(name, handler as Handler, note),
    ]);
    addService.call(this, service, Object.fromEntries(observed) as UntypedServiceImplementation);
  };
}

function observe(name: string, handler: Handler, note: (entry: Entry) => void): Handler {
  return (call, respond) => {
    const entry = entryOf(name, call.request);
    note(entry);
    const {write} = call;
    if (name === 'RunQuery' && write !== undefined) {
      call.write = (answer) => {
        if (answer.document) entry.reads = (entry.reads ?? 0) + 1;
        return write.call(call, answer);
      };
    }
    handler(call, respond);
  };
}

function entryOf(name: string, {topic, newTransaction, documents, writes}: Asked = {}): Entry {
  return {
    atMs: nowMs(),
    name,
    ...(topic && {topic: topic.slice(topic.lastIndexOf('/') + 1)}),
    ...((newTransaction || name === 'BeginTransaction') && {begins: true as const}),
    ...(documents && {reads: documents.length}),
    ...(writes && {writes: writes.length}),
  };
}
