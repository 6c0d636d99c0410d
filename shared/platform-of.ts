import type {Pipeline} from './domain/pipeline.ts';
import type {Run} from './domain/run.ts';
import {PermanentError} from './errors.ts';
import {factOf} from './find-run.ts';
import type {Platform, Ports} from './ports.ts';

/** Where the jobs of a run work and its model is served, as its definition says. @throws PermanentError RUN_INCOMPLETE, PLATFORM_OFF */
export function platformOf(run: Run, ports: Pick<Ports, 'platforms'>): Platform {
  return platformFor(factOf(run, 'definition').pipeline, ports);
}

/** @throws PermanentError PLATFORM_OFF */
export function platformFor(
  {platform: name}: Pick<Pipeline, 'platform'>,
  {platforms}: Pick<Ports, 'platforms'>,
): Platform {
  const platform = platforms[name];
  if (platform !== undefined) return platform;
  throw new PermanentError('PLATFORM_OFF', `${name} has no address in this deployment`, {
    where: 'platform of pipeline.yaml',
    hint: 'Google switched AI Platform off on 2025-01-31. Write "platform: vertex", or set CLOUDSDK_API_ENDPOINT_OVERRIDES_ML to a service that speaks ml v1.',
  });
}
