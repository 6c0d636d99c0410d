import {once} from 'node:events';
import type {Server} from 'node:http';
import {serveEvents, serveRequests} from '../../shared/gateways/functions-framework.ts';
import type {EventHandler} from '../../shared/handle.ts';
import type {Answerer} from '../../shared/handle-http.ts';

const AT = {host: '127.0.0.1', port: 0};
/** Longer than any test. */
const PATIENT_MS = 60_000;

/** An event function as it is deployed, at a free port. */
export function serveEventFunction(handler: EventHandler): Promise<Server> {
  return listening(serveEvents('under-test', handler, {...AT, maxBodyBytes: 10_000, arrivalMs: PATIENT_MS}));
}

/** An HTTP function as it is deployed, at a free port. */
export function serveHttpFunction(
  answerOf: Answerer,
  maxBodyBytes: number,
  arrivalMs = PATIENT_MS,
): Promise<Server> {
  return listening(serveRequests('under-test', answerOf, {...AT, maxBodyBytes, arrivalMs}));
}

async function listening(server: Server): Promise<Server> {
  await once(server, 'listening');
  return server;
}
