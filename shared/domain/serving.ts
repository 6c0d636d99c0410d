import {PermanentError} from '../errors.ts';
import type {Pipeline} from './pipeline.ts';

/** How the versions of a pipeline answer. */
export type Serving = Exclude<Pipeline['serve'], 'none'>;

/** How a pipeline's versions answer; undefined when they are only registered. */
export function servingOf({serve}: Pick<Pipeline, 'serve'>): Serving | undefined {
  return serve === 'none' ? undefined : serve;
}

/** The model that the versions of a pipeline belong to. */
export function modelOf({name, serve}: Pick<Pipeline, 'name' | 'serve'>): string {
  return serve === 'none' ? name : serve.model;
}

/** @throws PermanentError NOTHING_SERVED when a pipeline's versions are only registered */
export function servedBy(pipeline: Pick<Pipeline, 'name' | 'serve'>): Serving {
  const serving = servingOf(pipeline);
  if (serving !== undefined) return serving;
  throw new PermanentError('NOTHING_SERVED', `pipeline "${pipeline.name}" has "serve: none"`, {
    hint: 'Name a model and an endpoint under serve, push, and rerun a run from release.',
  });
}
