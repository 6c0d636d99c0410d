import {z} from 'zod';
import {RERUN_LIMIT} from '../domain/request-limits.ts';
import type {Run} from '../domain/run.ts';
import {PermanentError} from '../errors.ts';
import {findRun} from '../find-run.ts';
import {action, reasonSchema, runIdSchema} from './action.ts';
import {beginRerun, factsFor, rerunInput} from './rerun-from.ts';

const bodySchema = z.strictObject({action: z.literal('promote'), run: runIdSchema, reason: reasonSchema});

/**
 * Gives a canary all the traffic; asked again, nothing changes. A model that the gate kept out is released by a run of its own, from
 * release on, which keeps who approved it and why.
 */
export const promote = action(bodySchema, async ({run: runId, reason}, asked, ports) => {
  const wish = {by: asked.caller, reason};
  const parent = await findRun(runId, ports);
  if (parent.state === 'rejected') {
    assertJudged(parent);
    const facts = {...(await factsFor(parent, 'release', {}, ports)), approval: wish};
    const input = await rerunInput(parent, asked, ports, RERUN_LIMIT);
    return beginRerun(parent, {input, from: 'release', facts}, ports);
  }
  if ((await ports.runs.requestPromotion(runId, wish)) === 'no-canary') {
    throw new PermanentError(
      'NOTHING_TO_PROMOTE',
      `run ${runId} is ${parent.state}, neither canary nor rejected`,
      {
        where: `runs/${runId}`,
        hint: `See what it did: npx millrace show ${runId}`,
      },
    );
  }
  await ports.messages.publish('model-exported', {runId});
  return {run: runId};
});

/** A roll-back is rejected only because its version answers already; released again, that would become a second one of the same model. */
function assertJudged({id, pipeline, restores}: Run): void {
  if (restores === undefined) return;
  const message = `run ${id} was to bring back version ${restores.version}, which answered already`;
  throw new PermanentError('NOTHING_TO_PROMOTE', message, {
    where: `runs/${id}`,
    hint: `See who was champion when: npx millrace versions ${pipeline}`,
  });
}
