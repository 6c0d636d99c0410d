import type {Run} from './domain/run.ts';
import {factOf} from './find-run.ts';
import type {Platform, Ports} from './ports.ts';

/** Where the jobs of a run work and its model is served, as its definition says. @throws PermanentError RUN_INCOMPLETE */
export function platformOf(run: Run, {platforms}: Pick<Ports, 'platforms'>): Platform {
  return platforms[factOf(run, 'definition').pipeline.platform];
}
