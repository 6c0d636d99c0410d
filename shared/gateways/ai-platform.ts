import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';
import type {Config} from '../config.ts';
import {clientOptions} from './google-api.ts';
import {once} from './once.ts';
import {operationDone} from './operation.ts';

/** The `projects` part of the AI Platform client, with the parent of every resource we make. */
export interface AiPlatform {
  readonly parent: string;
  projects(): Promise<ml_v1.Resource$Projects>;
}

/** @param rootUrl of a service that speaks `ml v1`: Google switched its own off on 2025-01-31 */
export function aiPlatformClient({project}: Config, rootUrl: string): AiPlatform {
  const projects = once(async () => {
    const {ml_v1} = await import('googleapis/build/src/apis/ml/v1.js');
    return new ml_v1.Ml(await clientOptions(rootUrl)).projects;
  });
  return {parent: `projects/${project}`, projects};
}

/**
 * The id of what an attempt of an effect makes: letters, digits and underscores. Since the caller chooses it, a second create is
 * refused, and nothing has to be looked for in lists.
 */
export function resourceIdOf(effectKey: string, attempt: number): string {
  return `${effectKey.replaceAll('-', '_')}_a${attempt}`;
}

/** Waits for a long-running operation. @throws as `operationDone` */
export async function awaitOperation(
  platform: AiPlatform,
  doing: string,
  started: ml_v1.Schema$GoogleLongrunning__Operation,
): Promise<void> {
  const {operations} = await platform.projects();
  await operationDone(doing, started, (query) => operations.get(query));
}
