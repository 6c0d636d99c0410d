import {PermanentError} from '../shared/errors.ts';
import type {Ports} from '../shared/ports.ts';

/** The run whose version of a pipeline answers a part of the requests, on trial; however many runs came after it. @throws PermanentError NOTHING_TO_PROMOTE */
export async function findCanary(pipeline: string, {runs}: Pick<Ports, 'runs'>): Promise<string> {
  const releases = await runs.releases(pipeline);
  const canary = releases.find(({state}) => state === 'canary');
  if (canary !== undefined) return canary.id;
  throw new PermanentError('NOTHING_TO_PROMOTE', `pipeline "${pipeline}" has no canary`, {
    hint: `See its runs: npx millrace runs --pipeline ${pipeline}`,
  });
}
