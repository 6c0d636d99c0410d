import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {basename, extname, join} from 'node:path';
import {parseDocument} from 'yaml';
import {isPipelineName} from '../shared/domain/object-name.ts';
import {projectFolder} from './project-folder.ts';

const EXAMPLE = join(projectFolder, 'examples', 'digits');

/** A pipeline folder and the data to drop into it. */
export interface DemoPipeline {
  readonly folder: string;
  readonly data: string;
}

/** The example on handwritten digits. */
export const digits: DemoPipeline = {folder: EXAMPLE, data: join(EXAMPLE, 'data', 'digits.csv')};

/**
 * Writes a pipeline for a user's own CSV: the example's, with other names and label and no minimum to reach.
 * @param work where generated pipelines are kept
 */
export async function pipelineFor(data: string, label: string, work: string): Promise<DemoPipeline> {
  const name = nameFrom(data);
  const document = parseDocument(await readFile(join(EXAMPLE, 'pipeline.yaml'), 'utf8'));
  document.set('name', name);
  document.setIn(['data', 'label'], label);
  document.deleteIn(['gate', 'minimum']);
  document.setIn(['serve', 'model'], name);
  document.setIn(['serve', 'endpoint'], name);
  const folder = join(work, name);
  await mkdir(folder, {recursive: true});
  await writeFile(join(folder, 'pipeline.yaml'), document.toString());
  return {folder, data};
}

/** How AI Platform is to serve the versions, on a machine that costs nothing while nobody asks. */
const AI_PLATFORM_SERVING = {machineType: 'mls1-c1-m2', runtimeVersion: '3.0', pythonVersion: '3.12'};

/**
 * Writes a pipeline again, to run on AI Platform.
 * @param work where generated pipelines are kept
 */
export async function onAiPlatform({folder, data}: DemoPipeline, work: string): Promise<DemoPipeline> {
  const document = parseDocument(await readFile(join(folder, 'pipeline.yaml'), 'utf8'));
  document.set('platform', 'ai-platform');
  for (const [key, value] of Object.entries(AI_PLATFORM_SERVING)) document.setIn(['serve', key], value);
  const moved = join(work, `${basename(folder)}-on-ai-platform`);
  await mkdir(moved, {recursive: true});
  await writeFile(join(moved, 'pipeline.yaml'), document.toString());
  return {folder: moved, data};
}

/**
 * Writes a pipeline again without a minimum, so that only the champion stands between a model and the traffic.
 * @param work where generated pipelines are kept
 */
export async function withoutMinimum({folder, data}: DemoPipeline, work: string): Promise<DemoPipeline> {
  const document = parseDocument(await readFile(join(folder, 'pipeline.yaml'), 'utf8'));
  document.deleteIn(['gate', 'minimum']);
  const moved = join(work, `${basename(folder)}-without-minimum`);
  await mkdir(moved, {recursive: true});
  await writeFile(join(moved, 'pipeline.yaml'), document.toString());
  return {folder: moved, data};
}

function nameFrom(file: string): string {
  const stem = basename(file, extname(file)).toLowerCase();
  const name = stem
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return isPipelineName(name) ? name : 'own-data';
}
