import {z} from 'zod';
import {ApiError} from '../../api-error.ts';
import {ignoring, labels, notOffered, parseRequest} from '../../request.ts';
import {contextOf, stackOf} from '../run/error-report.ts';
import type {ExecutionEnd} from '../run/execution.ts';
import {fromJson, toJson} from '../run/json.ts';

const MAX_ARGUMENT_BYTES = 32 * 1024;

const newExecution = ignoring(
  [
    'name',
    'state',
    'startTime',
    'endTime',
    'createTime',
    'duration',
    'result',
    'error',
    'workflowRevisionId',
    'status',
  ],
  z.strictObject({
    argument: z.string().default('null'),
    callLogLevel: z.enum(['LOG_ALL_CALLS', 'LOG_ERRORS_ONLY', 'LOG_NONE']).exactOptional(),
    labels: labels.refine((map) => Object.keys(map).length <= 64, 'at most 64 labels').default({}),
    disableConcurrencyQuotaOverflowBuffering: z.boolean().exactOptional(),
    executionHistoryLevel: notOffered(),
  }),
);

export type ExecutionRequest = z.infer<typeof newExecution>;

/** An execution as the API shows it. */
export interface ExecutionRecord extends ExecutionRequest {
  readonly name: string;
  readonly createTime: string;
  readonly startTime: string;
  readonly state: 'ACTIVE' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly workflowRevisionId: string;
  readonly endTime?: string;
  readonly duration?: string;
  /** JSON text. */
  readonly result?: string;
  readonly error?: {readonly payload: string; readonly context: string; readonly stackTrace?: unknown};
}

/** @throws ApiError INVALID_ARGUMENT also when the argument is too long, or no JSON. */
export function parseNewExecution(body: unknown): ExecutionRequest {
  const request = parseRequest(newExecution, body);
  if (Buffer.byteLength(request.argument) > MAX_ARGUMENT_BYTES) {
    throw new ApiError('INVALID_ARGUMENT', `argument is larger than ${MAX_ARGUMENT_BYTES} bytes`);
  }
  try {
    fromJson(request.argument);
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'argument is not valid JSON');
  }
  return request;
}

export function endedRecord(record: ExecutionRecord, end: ExecutionEnd, now: Date): ExecutionRecord {
  const seconds = (now.getTime() - Date.parse(record.startTime)) / 1000;
  const ended = {...record, endTime: now.toISOString(), duration: `${seconds}s`};
  switch (end.kind) {
    case 'succeeded':
      return {...ended, state: 'SUCCEEDED', result: toJson(end.result)};
    case 'failed': {
      const {error, trace} = end;
      const stackTrace: unknown = JSON.parse(toJson(stackOf(trace)));
      return {
        ...ended,
        state: 'FAILED',
        error: {payload: toJson(error), context: contextOf(error, trace), stackTrace},
      };
    }
    case 'cancelled':
      return {...ended, state: 'CANCELLED', error: {payload: 'null', context: 'CANCELLED'}};
  }
}
