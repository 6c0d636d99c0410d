import {cp, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {pushPipeline} from '../../cli/push-pipeline.ts';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Ports} from '../../shared/ports.ts';

const TRAINER = fileURLToPath(new URL('./trainer', import.meta.url));
const DATA = ['label,x', ...Array.from({length: 60}, (_, row) => `${row % 2},${row}`)].join('\n');

/** Pipelines with a model and an endpoint each, so that no run has to wait for another's release. */
export class Workload {
  readonly pipelines: readonly string[];
  readonly #folder: string;
  readonly #ports: Ports;

  constructor(folder: string, ports: Ports, size: number) {
    this.#folder = folder;
    this.#ports = ports;
    this.pipelines = Array.from({length: size}, (_, index) => `p${index + 1}`);
  }

  /** Gives all pipelines the same new trainer, which somebody has to build. */
  async push(round: number): Promise<void> {
    const trainer = join(this.#folder, `trainer-${round}`);
    await cp(TRAINER, trainer, {recursive: true});
    await writeFile(join(trainer, 'round.txt'), String(round));
    for (const name of this.pipelines) {
      const folder = join(this.#folder, name);
      await mkdir(folder, {recursive: true});
      await writeFile(join(folder, 'pipeline.yaml'), definitionOf(name, trainer));
      await pushPipeline(folder, this.#ports);
    }
  }

  /** Drops a file into each pipeline, all at once. @returns the ids of the runs that must come of it */
  async drop(round: number): Promise<string[]> {
    const {objects, buckets} = this.#ports;
    const drops = this.pipelines.map((name) => objects.put(buckets.data, `${name}/data/${round}.csv`, DATA));
    return (await Promise.all(drops)).map((object) => runIdOf({...object, epoch: 0}));
  }
}

function definitionOf(name: string, trainer: string): string {
  return [
    `name: ${name}`,
    'data: {label: label}',
    `trainer: {source: ${trainer}, framework: custom}`,
    'tune: {metric: accuracy, maxTrials: 1, parallelTrials: 1, parameters: {alpha: {discrete: [1, 2]}}}',
    'gate: {beatChampion: {confidence: 0}}',
    `serve: {model: ${name}, endpoint: ${name}}`,
  ].join('\n');
}
