import {Cron} from 'croner';
import type {cloudscheduler_v1} from 'googleapis/build/src/apis/cloudscheduler/v1.js';
import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {duration, ignoring, millisecondsOf, notOffered, parseRequest} from '../request.ts';

const OUTPUT_ONLY = ['userUpdateTime', 'state', 'status', 'scheduleTime', 'lastAttemptTime'];
const MIN_ATTEMPT_MS = 15_000;
const MAX_ATTEMPT_MS = 1_800_000;

const httpTarget = z.strictObject({
  uri: z.url({protocol: /^https?$/}),
  httpMethod: z.enum(['POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']).default('POST'),
  headers: z.record(z.string(), z.string()).exactOptional(),
  /** In Base64. */
  body: z.base64().exactOptional(),
  oidcToken: z
    .strictObject({serviceAccountEmail: z.email(), audience: z.string().exactOptional()})
    .exactOptional(),
  oauthToken: notOffered(),
});

/** https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#Job */
const newJob = z.strictObject({
  name: z.string().regex(/^projects\/[^/]+\/locations\/[^/]+\/jobs\/[A-Za-z0-9_-]{1,500}$/),
  description: z.string().max(500).exactOptional(),
  schedule: z.string(),
  timeZone: z.string().default('UTC'),
  attemptDeadline: duration
    .refine((text) => millisecondsOf(text) >= MIN_ATTEMPT_MS && millisecondsOf(text) <= MAX_ATTEMPT_MS, {
      error: 'must be between 15s and 1800s',
    })
    .default('180s'),
  httpTarget,
  pubsubTarget: notOffered(),
  appEngineHttpTarget: notOffered(),
  retryConfig: notOffered(),
}) satisfies z.ZodType<cloudscheduler_v1.Schema$Job>;

export type NewJob = z.output<typeof newJob>;

/**
 * Reads the body of `jobs.create` in `parent`.
 * @throws ApiError INVALID_ARGUMENT
 */
export function parseNewJob(body: unknown, parent: string): NewJob {
  const job = parseRequest(ignoring(OUTPUT_ONLY, newJob), body);
  if (!job.name.startsWith(`${parent}/jobs/`)) {
    throw new ApiError('INVALID_ARGUMENT', `Job name must be formatted: "${parent}/jobs/<JOB_ID>".`);
  }
  nextTime(job, new Date(0));
  return job;
}

const FIELDS = 5;

/**
 * When a job is due next: unix-cron of five fields in the job's time zone.
 * @throws ApiError INVALID_ARGUMENT for a schedule or time zone that is none
 */
export function nextTime({schedule, timeZone}: Pick<NewJob, 'schedule' | 'timeZone'>, after: Date): Date {
  const next =
    schedule.trim().split(/\s+/).length === FIELDS ? tryNext(schedule, timeZone, after) : undefined;
  if (next) return next;
  throw new ApiError('INVALID_ARGUMENT', `Schedule or time zone is invalid: "${schedule}" in "${timeZone}".`);
}

function tryNext(schedule: string, timezone: string, after: Date): Date | null | undefined {
  try {
    return new Cron(schedule, {timezone}).nextRun(after);
  } catch {
    return undefined;
  }
}
