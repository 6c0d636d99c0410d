import {readFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {Readable} from 'node:stream';
import {parseAllDocuments, parseDocument} from 'yaml';
import {
  assertTakes,
  type CompiledPipeline,
  parseCompiledPipeline,
} from '../shared/domain/compiled-pipeline.ts';
import {sha256Hex} from '../shared/domain/ids.ts';
import type {Pipeline} from '../shared/domain/pipeline.ts';
import {OFFERED, specialParameters} from '../shared/domain/trainer-arguments.ts';
import {PermanentError} from '../shared/errors.ts';
import {parsePipeline} from '../shared/pipeline-file.ts';
import type {Ports} from '../shared/ports.ts';
import {packTrainer} from './pack-trainer.ts';
import {projectFolder} from './project-folder.ts';

export interface Pushed {
  readonly pipeline: Pipeline;
  readonly trainer: string;
  /** False when the same trainer was there already. */
  readonly isNewTrainer: boolean;
}

/** Reads a pipeline folder's definition. @throws PermanentError CONFIG_MISSING, or what parsePipeline refuses */
export async function readPipelineFolder(folder: string): Promise<{text: string; pipeline: Pipeline}> {
  const where = join(folder, 'pipeline.yaml');
  const text = await readFile(where, 'utf8').catch((cause: unknown) => {
    throw new PermanentError('CONFIG_MISSING', 'there is no readable pipeline.yaml', {
      where,
      hint: 'Copy a folder of examples/, or give the folder: millrace push DIR',
      cause,
    });
  });
  return {text, pipeline: parsePipeline(text, where).pipeline};
}

/** Uploads a pipeline: its trainer packed under its digest, then pipeline.yaml with the trainer pinned to that digest. */
export async function pushPipeline(folder: string, ports: Ports): Promise<Pushed> {
  const {text, pipeline} = await readPipelineFolder(folder);
  const {source} = pipeline.trainer;
  const trainerFolder = source === undefined ? join(projectFolder, 'trainer') : resolve(folder, source);
  const {archive, sha256} = await packTrainer(trainerFolder);
  const trainer = `trainer/${sha256}.tar.gz`;
  const bucket = ports.buckets.data;
  const name = `${pipeline.name}/${trainer}`;
  const isNewTrainer = (await ports.objects.find(bucket, name)) === undefined;
  if (isNewTrainer) await ports.objects.put(bucket, name, Readable.from([archive], {objectMode: false}));
  const document = parseDocument(text);
  document.setIn(['trainer', 'source'], trainer);
  if (pipeline.trainer.spec !== undefined) {
    const spec = await pushCompiled(pipeline, resolve(folder, pipeline.trainer.spec), ports);
    document.setIn(['trainer', 'spec'], spec);
  }
  await ports.objects.put(bucket, `${pipeline.name}/pipeline.yaml`, document.toString());
  return {pipeline, trainer, isNewTrainer};
}

/** Uploads the compiled pipeline under its digest. @returns its object name below the pipeline's @throws PermanentError PIPELINE_SPEC, PIPELINE_INPUTS */
async function pushCompiled(pipeline: Pipeline, path: string, {objects, buckets}: Ports): Promise<string> {
  const compiled = await readCompiled(path);
  const {data, tune, train, gate} = pipeline;
  const special = specialParameters({on: train.on, slices: gate.slices}, data);
  const needed = [...OFFERED.needed, ...Object.keys({...tune.parameters, ...special})];
  assertTakes(compiled, needed, OFFERED.welcome, path);
  const text = JSON.stringify(compiled);
  const spec = `trainer/${sha256Hex(text)}.json`;
  await objects.put(buckets.data, `${pipeline.name}/${spec}`, text);
  return spec;
}

/** The first document of a file that kfp's compiler wrote, YAML or JSON; a second one is for other platforms. */
async function readCompiled(path: string): Promise<CompiledPipeline> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const hint = 'Compile the pipeline with kfp, and point trainer.spec of pipeline.yaml at the file.';
    throw new PermanentError('PIPELINE_SPEC', 'the compiled pipeline cannot be read', {
      where: path,
      hint,
      cause,
    });
  });
  const [document] = parseAllDocuments(text);
  return parseCompiledPipeline(document?.toJS(), path);
}
