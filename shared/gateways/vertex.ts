import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Config} from '../config.ts';
import {PermanentError, RetryableError} from '../errors.ts';
import {clientOptions} from './google-api.ts';
import {once} from './once.ts';
import {must} from './service-error.ts';

/** The `projects.locations` part of the Vertex AI client, with the parent of every resource we make. */
export interface Vertex {
  readonly parent: string;
  locations(): Promise<aiplatform_v1.Resource$Projects$Locations>;
}

export function vertexClient(config: Config): Vertex {
  const rootUrl = config.rootUrls.aiplatform ?? `https://${config.region}-aiplatform.googleapis.com/`;
  const locations = once(async () => {
    const {aiplatform_v1} = await import('googleapis/build/src/apis/aiplatform/v1.js');
    return new aiplatform_v1.Aiplatform(await clientOptions(rootUrl)).projects.locations;
  });
  return {parent: `projects/${config.project}/locations/${config.region}`, locations};
}

/** What a job or a version was made for. */
interface Origin {
  readonly runId: string;
  readonly effectKey: string;
  readonly attempt: number;
}

/** Labels make a resource findable; values are at most 64 characters of `[a-z0-9_-]`. */
export function labelsOf({runId, effectKey, attempt}: Origin): Record<string, string> {
  return {millrace_run: runId, millrace_effect: effectKey, millrace_attempt: String(attempt)};
}

/** Deployments take minutes; a function may live nine. Whoever is called again looks at the result instead of waiting. */
const POLL_FOR_MS = 8 * 60_000;
const FIRST_POLL_MS = 100;
const MAX_POLL_MS = 10_000;

/**
 * Waits for a long-running operation.
 * @throws PermanentError OPERATION_FAILED with the service's message; RetryableError when it outlasts this call
 */
export async function awaitOperation(
  vertex: Vertex,
  doing: string,
  started: aiplatform_v1.Schema$GoogleLongrunningOperation,
): Promise<Record<string, unknown>> {
  const operations = (await vertex.locations()).operations;
  const name = started.name ?? '';
  const deadline = performance.now() + POLL_FOR_MS;
  let operation = started;
  for (let pauseMs = FIRST_POLL_MS; !operation.done; pauseMs = Math.min(pauseMs * 1.5, MAX_POLL_MS)) {
    if (performance.now() > deadline)
      throw new RetryableError(`${doing}: operation ${name} is still under way`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    operation = (await must(`reading operation ${name}`, () => operations.get({name}))).data;
  }
  if (operation.error) {
    throw new PermanentError(
      'OPERATION_FAILED',
      `${doing}: ${operation.error.message ?? 'failed without a message'}`,
      {where: name},
    );
  }
  return operation.response ?? {};
}
