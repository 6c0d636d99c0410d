import {z} from 'zod';
import {PermanentError} from '../errors.ts';
import {findRun} from '../find-run.ts';
import {action, reasonSchema, runIdSchema} from './action.ts';
import {askToEnd} from './ask-to-end.ts';

const bodySchema = z.strictObject({
  action: z.literal('cancel'),
  run: runIdSchema,
  reason: reasonSchema,
});

/** Asks a run to end. It is `cancelled` when its builds and jobs have been seen ended; asked again, nothing changes. */
export const cancel = action(bodySchema, async ({run: runId, reason}, {caller}, ports) => {
  const outcome = await askToEnd(runId, {by: caller, reason}, ports);
  if (outcome === 'ended') {
    const {state} = await findRun(runId, ports);
    if (state !== 'cancelled') {
      throw new PermanentError('RUN_ENDED', `run ${runId} has ended: ${state}`, {where: `runs/${runId}`});
    }
  }
  return {run: runId};
});
