import {z} from 'zod';
import {sha256Hex} from '../shared/domain/ids.ts';
import {PermanentError} from '../shared/errors.ts';
import {findRun} from '../shared/find-run.ts';
import {type HttpFunction, type HttpRequest, headerOf} from '../shared/handle-http.ts';
import type {Ports} from '../shared/ports.ts';
import {type HttpAnswer, TooManyError} from '../shared/problem.ts';
import type {RequestAnswer} from '../shared/request-ports.ts';
import {type Action, type Perform, parseRequest, runIdSchema} from '../shared/requests/action.ts';
import {cancel} from '../shared/requests/cancel.ts';
import {claimRetry} from '../shared/requests/claim-retry.ts';
import {promote} from '../shared/requests/promote.ts';
import {rerunFrom} from '../shared/requests/rerun-from.ts';
import type {RetryAction} from '../shared/requests/retry-action.ts';
import {retryStage} from '../shared/requests/retry-stage.ts';
import {rollback} from '../shared/requests/rollback.ts';
import {startRun} from '../shared/requests/start-run.ts';

/** What can be asked for by POST, by the `action` of the body. */
const ACTIONS: Readonly<Record<string, Action>> = {
  start: startRun,
  rerun: rerunFrom,
  cancel,
  promote,
  rollback,
};

/** What the workflow retry-stage asks, often and from one account; doing it twice is as good as once, so no key is needed. */
const RETRY_ACTIONS: Readonly<Record<string, RetryAction>> = {
  'claim-retry': claimRetry,
  retry: retryStage,
};

const querySchema = z.strictObject({run: runIdSchema});
const noQuerySchema = z.strictObject({});
const bodySchema = z.looseObject({action: z.string()});

/** Printable ASCII, as other services take it. */
const IDEMPOTENCY_KEY = /^[!-~]{1,255}$/;

/** What people ask for by hand: `GET ?run=ID` tells the state of a run, `POST` starts one, runs one again, cancels it or promotes its canary. */
export const rerun: HttpFunction<Ports> = {
  name: 'rerun',
  methods: ['GET', 'POST'],

  async answer(request, ports) {
    if (request.method === 'GET') {
      return {status: 200, body: await findRun(parseRequest(querySchema, request.query).run, ports)};
    }
    parseRequest(noQuerySchema, request.query ?? {});
    const {action} = parseRequest(bodySchema, request.body);
    const retry = Object.hasOwn(RETRY_ACTIONS, action) ? RETRY_ACTIONS[action] : undefined;
    if (retry !== undefined) return {status: 200, body: await retry(request.body, ports)};
    const answer = await perform(request, action, ports);
    return {...answer, log: {caller: request.caller, action, run: answer.body.run}};
  },
};

/**
 * Does what is asked once per key. The first to come is new; its repeats, also those at the same time and after a crash in the
 * middle, do the rest of the same work and answer the same.
 */
async function perform(
  request: HttpRequest,
  action: string,
  ports: Ports,
): Promise<HttpAnswer & {readonly body: RequestAnswer}> {
  const work = workOf(action, request.body);
  const {caller} = request;
  const key = sha256Hex(JSON.stringify([caller, idempotencyKeyOf(request)]));
  const opened = await ports.requests.open({
    key,
    caller,
    bodyDigest: sha256Hex(JSON.stringify(request.body)),
  });
  switch (opened.kind) {
    case 'other-body':
      throw new PermanentError('KEY_REUSED', 'the Idempotency-Key was used for another request', {
        where: 'header Idempotency-Key',
        hint: 'Send each new request with a new key.',
      });
    case 'refused':
      throw new TooManyError('RATE_LIMITED', 'too many requests within a minute', opened.retryAfterSeconds);
    case 'answered':
      return accepted(opened.answer, true);
    case 'new':
    case 'again': {
      const answer = await work({caller, key}, ports);
      await ports.requests.answer(key, answer);
      return accepted(answer, opened.kind === 'again');
    }
    default:
      return opened satisfies never;
  }
}

function accepted(body: RequestAnswer, isRepeat: boolean) {
  return {status: 202, headers: {'Idempotent-Replayed': String(isRepeat)}, body};
}

/** @throws PermanentError REQUEST_INVALID */
function workOf(action: string, body: unknown): Perform {
  const read = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (read !== undefined) return read(body);
  throw new PermanentError('REQUEST_INVALID', `action: expected ${Object.keys(ACTIONS).join(' or ')}`, {
    hint: 'See docs/reference/http.md.',
  });
}

/** @throws PermanentError IDEMPOTENCY_KEY_REQUIRED, REQUEST_INVALID */
function idempotencyKeyOf(request: HttpRequest): string {
  const hint = 'Send a key of 1 to 255 printable characters, and the same one when you repeat the request.';
  const where = 'header Idempotency-Key';
  const key = headerOf(request, 'idempotency-key');
  if (key === undefined) {
    throw new PermanentError('IDEMPOTENCY_KEY_REQUIRED', 'a POST needs an Idempotency-Key', {where, hint});
  }
  if (!IDEMPOTENCY_KEY.test(key)) {
    throw new PermanentError('REQUEST_INVALID', 'this is no Idempotency-Key', {where, hint});
  }
  return key;
}
