import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import type {Config} from '../config.ts';
import {clientOptions} from './google-api.ts';
import {once} from './once.ts';
import {operationDone} from './operation.ts';

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

/** Waits for a long-running operation. @throws as `operationDone` */
export async function awaitOperation(
  vertex: Vertex,
  doing: string,
  started: aiplatform_v1.Schema$GoogleLongrunningOperation,
): Promise<Record<string, unknown>> {
  const {operations} = await vertex.locations();
  return operationDone(doing, started, (query) => operations.get(query));
}
