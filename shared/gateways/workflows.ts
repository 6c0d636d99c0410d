import type {Config} from '../config.ts';
import type {Workflows} from '../ports.ts';
import {allPages, clientOptions, SEND_ONCE} from './google-api.ts';
import {once} from './once.ts';
import {must} from './service-error.ts';

/** The label by which an execution is found again; the service gives executions ids of its own. */
const KEY_LABEL = 'key';

/** Cloud Workflows behind the {@link Workflows} port. */
export function workflowsGateway({project, region, rootUrls}: Config): Workflows {
  const client = once(async () => {
    const {workflowexecutions_v1} = await import('googleapis/build/src/apis/workflowexecutions/v1.js');
    return new workflowexecutions_v1.Workflowexecutions(await clientOptions(rootUrls.workflowexecutions));
  });
  return {
    async start(workflow, argument, key) {
      const {executions} = (await client()).projects.locations.workflows;
      const parent = `projects/${project}/locations/${region}/workflows/${workflow}`;
      const query = {parent, filter: `labels.${KEY_LABEL}="${key}"`, view: 'FULL'};
      const doing = `looking for an execution of ${workflow} for ${key}`;
      for await (const page of allPages(doing, (at) => executions.list({...query, ...at})))
        if (page.executions?.some(isEnough)) return;
      const requestBody = {argument: JSON.stringify(argument), labels: {[KEY_LABEL]: key}};
      await must(`starting ${workflow} for ${key}`, () =>
        executions.create({parent, requestBody}, SEND_ONCE),
      );
    },
  };
}

/** One that failed or was cancelled did not do its work. */
function isEnough({state}: {readonly state?: string | null}): boolean {
  return state === 'ACTIVE' || state === 'QUEUED' || state === 'SUCCEEDED';
}
