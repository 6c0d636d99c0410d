import {millisecondsOf} from '../request.ts';
import type {NewJob} from './job-request.ts';

/** Who signs identity tokens. */
export interface Tokens {
  sign(request: {account: string; audience: string; format: 'full'}): string;
}

/** A canonical status as `Job.status` carries it; absent after a success. */
export interface CallFailure {
  readonly code: number;
  readonly message: string;
}

const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;

/**
 * Sends the request of one attempt, with the headers that Cloud Scheduler adds.
 * @see https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#HttpTarget
 */
export async function callTarget(
  {name, httpTarget, attemptDeadline}: Pick<NewJob, 'name' | 'httpTarget' | 'attemptDeadline'>,
  scheduledAt: Date,
  tokens: Tokens,
): Promise<CallFailure | undefined> {
  const {uri, httpMethod, body, oidcToken} = httpTarget;
  const headers: Record<string, string> = {
    ...httpTarget.headers,
    'user-agent': 'Google-Cloud-Scheduler',
    'x-cloudscheduler': 'true',
    'x-cloudscheduler-jobname': name.slice(name.lastIndexOf('/') + 1),
    'x-cloudscheduler-scheduletime': scheduledAt.toISOString(),
  };
  if (oidcToken !== undefined) {
    const {serviceAccountEmail: account, audience = uri} = oidcToken;
    const token = tokens.sign({account, audience, format: 'full'});
    headers.authorization = `Bearer ${token}`;
  }
  try {
    const answer = await fetch(uri, {
      method: httpMethod,
      headers,
      signal: AbortSignal.timeout(millisecondsOf(attemptDeadline)),
      ...(body === undefined ? {} : {body: Buffer.from(body, 'base64')}),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : {code: UNKNOWN, message: `HTTP status ${answer.status}`};
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return {code: isLate ? DEADLINE_EXCEEDED : UNKNOWN, message: String(error)};
  }
}
