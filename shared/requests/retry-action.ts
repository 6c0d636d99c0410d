import {z} from 'zod';
import {type RetryAsk, retryTopicOf} from '../domain/retry.ts';
import type {Ports} from '../ports.ts';
import {parseRequest, runIdSchema} from './action.ts';

/** Something the workflow retry-stage asks. @throws PermanentError REQUEST_INVALID, NO_SUCH_RUN */
export type RetryAction = (body: unknown, ports: Ports) => Promise<object>;

const bodySchema = z.strictObject({
  action: z.string(),
  run: runIdSchema,
  stage: z.string().refine((stage) => retryTopicOf(stage) !== undefined, 'expected a stage that is retried'),
  failures: z.int().min(1),
  execution: z.string().min(1).max(100),
});

export function retryAction(answer: (ask: RetryAsk, ports: Ports) => Promise<object>): RetryAction {
  return (body, ports) => {
    const {run: runId, stage, failures, execution} = parseRequest(bodySchema, body);
    return answer({runId, stage, failures, execution}, ports);
  };
}
