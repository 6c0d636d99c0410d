import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../../cli/project-folder.ts';
import {pushPipeline} from '../../cli/push-pipeline.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Ports} from '../../shared/ports.ts';
import type {JobEnd} from './hops.ts';

const TRAINER = join(projectFolder, 'test', 'chaos', 'trainer');
const DATA = ['label,x', ...Array.from({length: 60}, (_, row) => `${row % 2},${row}`)].join('\n');

/** Pipelines with a model each, so that no run waits for another's release; without an endpoint, whose server would take its time. */
export async function pushPipelines(names: readonly string[], folder: string, ports: Ports): Promise<void> {
  for (const name of names) {
    const pipeline = join(folder, name);
    await mkdir(pipeline);
    await writeFile(join(pipeline, 'pipeline.yaml'), definitionOf(name));
    await pushPipeline(pipeline, ports);
  }
}

/** Drops a file into each pipeline, all at once. @returns the ids of the runs that come of it */
export async function drop(names: readonly string[], ports: Ports): Promise<string[]> {
  const {objects, buckets} = ports;
  const drops = names.map((name) => objects.put(buckets.data, `${name}/data/rows.csv`, DATA));
  return (await Promise.all(drops)).map((object) => runIdOf({...object, epoch: 0}));
}

function definitionOf(name: string): string {
  return [
    `name: ${name}`,
    'data: {label: label}',
    `trainer: {source: ${TRAINER}, framework: scikit-learn, frameworkVersion: "1.6"}`,
    'tune: {metric: accuracy, maxTrials: 1, parallelTrials: 1, parameters: {alpha: {discrete: [1, 2]}}}',
    'gate: {beatChampion: {confidence: 0}}',
    'serve: none',
  ].join('\n');
}

/** The jobs of runs, with when the service had ended them. */
export async function endedJobs(runIds: readonly string[], {platforms}: Ports): Promise<JobEnd[]> {
  const jobs = await platforms.vertex.jobs.list({since: '1970-01-01T00:00:00Z'});
  return jobs
    .filter(({runId}) => runIds.includes(runId ?? ''))
    .map(({kind, endTime = ''}) => ({kind, atMs: Date.parse(endTime)}));
}
