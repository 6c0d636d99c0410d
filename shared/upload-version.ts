import {effectKeyOf} from './domain/ids.ts';
import {lineageOf} from './domain/lineage.ts';
import type {Run} from './domain/run.ts';
import {modelOf, servingOf} from './domain/serving.ts';
import {PermanentError} from './errors.ts';
import {factOf} from './find-run.ts';
import type {ModelServer, ModelVersion} from './model-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';
import {settleEffect} from './settle-effect.ts';

/** The one version of a run in the model registry; of a roll-back that of the run that made it. @throws PermanentError VERSION_GONE, NotYetError */
export async function uploadVersion(run: Run, sentence: string, ports: Ports): Promise<ModelVersion> {
  const name =
    run.restores === undefined ? await upload(run, sentence, ports) : await earlier(run.restores.run, ports);
  const version = name === undefined ? undefined : await platformOf(run, ports).models.version(name);
  if (version !== undefined) return version;
  const model = modelOf(factOf(run, 'definition').pipeline);
  const message = `the version of run ${run.restores?.run ?? run.id} was deleted from model ${model}`;
  throw new PermanentError('VERSION_GONE', message, {hint: 'Rerun to train and release again.'});
}

async function earlier(runId: string, {effects}: Ports): Promise<string | undefined> {
  return (await effects.read(effectKeyOf(runId, 'version'))).record?.resource;
}

function upload(run: Run, sentence: string, ports: Ports): Promise<string> {
  const model = modelOf(factOf(run, 'definition').pipeline);
  const {modelDir} = factOf(run, 'training');
  const {models} = platformOf(run, ports);
  const key = effectKeyOf(run.id, 'version');
  return settleEffect(ports, {
    key,
    runId: run.id,
    hasAdmission: false,
    find: async (attempt) => (await models.findByEffect(model, key, attempt))?.name,
    discard: (stray) => models.deleteVersion(stray),
    async create(attempt) {
      const uploaded = await models.upload({
        model,
        runId: run.id,
        effectKey: key,
        attempt,
        artifactUri: modelDir,
        server: serverOf(run),
        lineage: lineageOf(run, sentence),
      });
      return uploaded.name;
    },
  });
}

function serverOf(run: Run): ModelServer {
  const {trainer} = factOf(run, 'definition').pipeline;
  return trainer.framework === 'custom'
    ? {framework: trainer.framework, image: factOf(run, 'image').uri}
    : {framework: trainer.framework, version: trainer.frameworkVersion, ...runtimeOf(run)};
}

function runtimeOf(run: Run): Pick<ModelServer & {framework: 'scikit-learn'}, 'runtime'> {
  const {
    runtimeVersion: version,
    pythonVersion: python,
    machineType,
  } = servingOf(factOf(run, 'definition').pipeline) ?? {};
  if (version === undefined || python === undefined || machineType === undefined) return {};
  return {runtime: {version, python, machineType}};
}
