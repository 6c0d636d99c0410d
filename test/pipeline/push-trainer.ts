import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pushPipeline} from '../../cli/push-pipeline.ts';
import type {Ports} from '../../shared/ports.ts';

interface SmallTrainer {
  readonly name: string;
  readonly entryPoint: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** Pushes a pipeline with a trainer of a few lines of shell or Python, to see one thing go wrong. */
export async function pushTrainer(
  {name, entryPoint, files = {}}: SmallTrainer,
  folder: string,
  ports: Ports,
): Promise<void> {
  const pipeline = join(folder, name);
  const trainer = join(folder, `${name}-trainer`);
  await Promise.all([mkdir(pipeline), mkdir(trainer)]);
  const dockerfile = `FROM python:3.12-slim\nCOPY . .\nENTRYPOINT ${JSON.stringify(entryPoint)}\n`;
  await writeFile(join(trainer, 'Dockerfile'), dockerfile);
  for (const [file, text] of Object.entries(files)) await writeFile(join(trainer, file), text);
  const definition = [
    `name: ${name}`,
    'data: {label: digit}',
    'split: {}',
    `trainer: {source: ${trainer}, framework: scikit-learn, frameworkVersion: "1.6"}`,
    'tune: {metric: accuracy, maxTrials: 2, parallelTrials: 2, parameters: {alpha: {discrete: [1, 2]}}}',
    `serve: {model: ${name}, endpoint: ${name}}`,
  ];
  await writeFile(join(pipeline, 'pipeline.yaml'), definition.join('\n'));
  await pushPipeline(pipeline, ports);
}
