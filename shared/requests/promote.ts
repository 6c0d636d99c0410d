import {z} from 'zod';
import {PermanentError} from '../errors.ts';
import {findRun} from '../find-run.ts';
import {action, reasonSchema, runIdSchema} from './action.ts';

const bodySchema = z.strictObject({action: z.literal('promote'), run: runIdSchema, reason: reasonSchema});

/** Gives a canary all the traffic: it becomes champion. Asked again, nothing changes. */
export const promote = action(bodySchema, async ({run: runId, reason}, {caller}, {runs, messages}) => {
  const outcome = await runs.requestPromotion(runId, {by: caller, reason});
  if (outcome === 'no-canary') {
    const {state} = await findRun(runId, {runs});
    throw new PermanentError('NOTHING_TO_PROMOTE', `run ${runId} is ${state}, no canary`, {
      where: `runs/${runId}`,
      hint: `See what it did: npx millrace show ${runId}`,
    });
  }
  await messages.publish('model-exported', {runId});
  return {run: runId};
});
