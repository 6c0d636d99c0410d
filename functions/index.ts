import pino from 'pino';
import {readConfig} from '../shared/config.ts';
import {serveEvents, serveRequests} from '../shared/gateways/functions-framework.ts';
import {googleCloud} from '../shared/gateways/google-cloud.ts';
import {identityGateway} from '../shared/gateways/identity.ts';
import {tracesGateway} from '../shared/gateways/traces.ts';
import {type AboutRun, handle, type KnownRun, type Stage} from '../shared/handle.ts';
import {type HttpFunction, handleHttp, MAX_REQUEST_BYTES} from '../shared/handle-http.ts';
import {loggerOptions} from '../shared/log.ts';
import type {Ports} from '../shared/ports.ts';

// The only wiring. The bundle of a function is this file and the function's own.

/** A message of Pub/Sub has at most 10 MB, and a third more in base64. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

/** Google's proxies are near and fast; an event that is cut off is only delivered again. */
const EVENT_ARRIVAL_MS = 60_000;
/** A few kilobytes: who takes longer only holds the connection. */
const REQUEST_ARRIVAL_MS = 10_000;

const config = readConfig(process.env);
const ports = googleCloud(config);
const log = pino(loggerOptions(config.logLevel));

// What is under way is delivered again. An orderly exit keeps what V8 has compiled.
process.once('SIGTERM', () => process.exit());

/** Starts a function that is called with events. */
export function serveStage<
  Input extends AboutRun,
  Known extends KnownRun,
  Plan extends {readonly kind: string},
>(stage: Stage<Input, Known, Plan>): void {
  const handler = handle(stage, ports, log, tracesGateway(config));
  const limits = {maxBodyBytes: MAX_EVENT_BYTES, arrivalMs: EVENT_ARRIVAL_MS};
  serveEvents(stage.name, handler, {...config.listen, ...limits});
}

/** Starts a function that is called by people, workflows and the scheduler. */
export function serveHttp(http: HttpFunction<Ports>): void {
  const answerer = handleHttp(http, ports, {identity: identityGateway(config), log});
  const limits = {maxBodyBytes: MAX_REQUEST_BYTES, arrivalMs: REQUEST_ARRIVAL_MS};
  serveRequests(http.name, answerer, {...config.listen, ...limits});
}
