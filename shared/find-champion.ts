import {type ModelInputs, modelInputsOf} from './domain/model-inputs.ts';
import type {Pipeline} from './domain/pipeline.ts';
import type {Run} from './domain/run.ts';
import {modelOf} from './domain/serving.ts';
import {PermanentError} from './errors.ts';
import {factOf} from './find-run.ts';
import type {ModelVersion} from './model-ports.ts';
import {platformFor} from './platform-of.ts';
import type {Platform, Ports} from './ports.ts';
import {readManifest} from './read-manifest.ts';

export interface Champion {
  readonly version: ModelVersion;
  /** What of the newest release says where it answers. */
  readonly pipeline: Pipeline;
  readonly platform: Platform;
  readonly inputs: ModelInputs;
}

/** The version of a pipeline that answers now, and what it can be asked. @throws PermanentError NOTHING_SERVED, PLATFORM_OFF */
export async function findChampion(name: string, ports: Ports): Promise<Champion> {
  const releases = await ports.runs.releases(name);
  const [newest] = releases
    .filter(({state}) => state === 'released')
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const hint = `See what happened: npx millrace runs --pipeline ${name}`;
  if (newest === undefined)
    throw new PermanentError('NOTHING_SERVED', `no run of pipeline "${name}" was released`, {hint});
  const {pipeline} = factOf(newest, 'definition');
  const platform = platformFor(pipeline, ports);
  const version = await platform.models.champion(modelOf(pipeline));
  if (version === undefined)
    throw new PermanentError('NOTHING_SERVED', `model "${modelOf(pipeline)}" has no champion`, {hint});
  const trained = releases.find(({id}) => id === version.runId) ?? newest;
  return {version, pipeline, platform, inputs: await inputsOf(trained, ports)};
}

async function inputsOf(run: Run, ports: Ports): Promise<ModelInputs> {
  const {columns, manifest} = factOf(run, 'split');
  const {label} = factOf(run, 'definition').pipeline.data;
  return modelInputsOf(columns, label, (await readManifest(manifest, ports))?.profile);
}
