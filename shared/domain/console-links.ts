import type {Run} from './run.ts';

/** Where a deployment lives on Google Cloud. */
export interface Place {
  readonly project: string;
  readonly region: string;
  /** Of Firestore. */
  readonly database: string;
}

export interface Links {
  readonly run: string;
  readonly model?: string;
  readonly endpoint?: string;
}

const CONSOLE = 'https://console.cloud.google.com';

/** The pages of Google Cloud's console about a run, and about what it has released. */
export function linksOf(
  {id, release, definition}: Pick<Run, 'id' | 'release' | 'definition'>,
  {project, region, database}: Place,
): Links {
  const page = (path: string) => `${CONSOLE}/${path}?project=${project}`;
  // The console has no pages of AI Platform any more.
  const shown = definition?.pipeline.platform === 'ai-platform' ? undefined : release;
  const {model, version, endpoint} = shown ?? {};
  return {
    run: page(`firestore/databases/${database}/data/panel/runs/${id}`),
    ...(model && {model: page(`vertex-ai/models/locations/${region}/models/${model}/versions/${version}`)}),
    ...(endpoint && {
      endpoint: page(`vertex-ai/online-prediction/locations/${region}/endpoints/${endpoint}`),
    }),
  };
}
