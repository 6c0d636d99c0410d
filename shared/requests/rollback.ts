import {z} from 'zod';
import {takenOver} from '../domain/rerun-plan.ts';
import type {Run, RunFacts} from '../domain/run.ts';
import {modelOf} from '../domain/serving.ts';
import {PermanentError} from '../errors.ts';
import {factOf, findRun} from '../find-run.ts';
import {platformOf} from '../platform-of.ts';
import type {Ports} from '../ports.ts';
import {action, reasonSchema, runIdSchema} from './action.ts';
import {beginRerun, rerunInput} from './rerun-from.ts';

const bodySchema = z.strictObject({action: z.literal('rollback'), run: runIdSchema, reason: reasonSchema});

/**
 * Brings back the version that a run has released: a run of its own, which deploys it again, asks it, gives it the traffic and crowns
 * it. Neither gate nor canary nor limit: who rolls back is in a hurry. What the earlier run has left is not verified; the registry has the version.
 */
export const rollback = action(bodySchema, async ({run: runId, reason}, asked, ports) => {
  const parent = await findRun(runId, ports);
  const version = parent.state === 'released' ? parent.release?.version : undefined;
  if (version === undefined) {
    throw new PermanentError(
      'NOTHING_TO_RESTORE',
      `run ${runId} is ${parent.state}, it has released nothing`,
      {
        where: `runs/${runId}`,
        hint: `See who was champion when: npx millrace versions ${parent.pipeline}`,
      },
    );
  }
  const input = await rerunInput(parent, asked, ports);
  const maker = parent.restores?.run ?? parent.id;
  const restores = {version, run: maker, by: asked.caller, reason};
  const facts = {...takenOver(parent, 'release'), ...(await servedAsNow(parent, ports)), restores};
  return beginRerun(parent, {input, from: 'release', facts}, ports);
});

/** The earlier definition, served where the champion is served now. */
async function servedAsNow(parent: Run, ports: Ports): Promise<Pick<RunFacts, 'definition'>> {
  const definition = factOf(parent, 'definition');
  const champion = await platformOf(parent, ports).models.champion(modelOf(definition.pipeline));
  const now = champion?.runId === undefined ? undefined : await ports.runs.find(champion.runId);
  const serve = now?.definition?.pipeline.serve ?? definition.pipeline.serve;
  return {definition: {...definition, pipeline: {...definition.pipeline, serve}}};
}
