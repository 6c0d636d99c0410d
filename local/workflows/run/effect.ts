import type {Value, ValueMap} from './value.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Value | undefined;
  readonly auth: Auth | undefined;
  readonly timeoutMs: number;
}

export type Auth = {readonly type: 'OIDC'; readonly audience: string} | {readonly type: 'OAuth2'};

/** What a workflow cannot do by itself. Everything it learns from outside comes as the answer to one of these. */
export type Effect = InstantEffect | WaitingEffect | ParallelEffect;

/** Answered on the spot, so the expression it stands in stays whole. */
export type InstantEffect =
  | {readonly kind: 'now'}
  | {readonly kind: 'uuid'}
  | {readonly kind: 'env'; readonly name: string}
  /** Answered with the URL of an endpoint that others can call. */
  | {readonly kind: 'callback-endpoint'; readonly method: string}
  | {readonly kind: 'log'; readonly severity: string; readonly data: Value};

export type WaitingEffect =
  | {readonly kind: 'http'; readonly request: HttpRequest}
  | {readonly kind: 'sleep'; readonly untilMs: number}
  | CallbackWait;

/** Answered with the next request of a callback endpoint; raises TimeoutError when none comes in time. */
export interface CallbackWait {
  readonly kind: 'callback';
  readonly url: string;
  /** Tells one wait at an endpoint from another. */
  readonly wait: string;
  readonly untilMs: number;
}

/** Answered with null when all bodies have ended; raises UnhandledBranchError when one of them failed. */
export interface ParallelEffect {
  readonly kind: 'parallel';
  readonly bodies: readonly (() => Work<unknown>)[];
  readonly limit: number;
}

/** A part of a workflow under way: gives effects out, takes their answers in. The same answers always lead the same way. */
export type Work<T> = Generator<Effect, T, Value>;

/** The point in time, in milliseconds since 1970. */
export function* now(): Work<number> {
  return Number(yield {kind: 'now'});
}

export function* sleepUntil(untilMs: number): Work<void> {
  yield {kind: 'sleep', untilMs};
}

/** The answer is a map {code, headers, body}. */
export function* send(request: HttpRequest): Work<ValueMap> {
  const answer = yield {kind: 'http', request};
  return answer as ValueMap;
}
