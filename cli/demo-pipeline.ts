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

function nameFrom(file: string): string {
  const stem = basename(file, extname(file)).toLowerCase();
  const name = stem
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return isPipelineName(name) ? name : 'own-data';
}
