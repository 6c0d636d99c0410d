import {createHash} from 'node:crypto';
import {cp, mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {filesToCopy, readContextFiles} from './build-context.ts';
import {runCommand} from './command.ts';
import type {BuildOptions} from './containers.ts';
import {type ImageConfig, type PlannedStep, readDockerfile} from './dockerfile.ts';
import {hostPython} from './python.ts';
import {treeDigest} from './tree-digest.ts';
import {virtualEnvironment} from './virtual-environment.ts';

/** The bytes of an image that runs as a process: a root folder, and how to start in it. */
export interface ProcessImage {
  readonly digest: string;
  readonly config: ImageConfig;
}

export interface ProcessImageOptions extends BuildOptions {
  readonly context: string;
  /** Becomes the image's root folder; must not exist yet. */
  readonly root: string;
  readonly cacheDir: string;
  readonly log: (line: string) => void;
}

/**
 * Carries out a Dockerfile without a Docker engine.
 * @throws an Error naming the instruction that failed and why.
 */
export async function buildProcessImage(options: ProcessImageOptions): Promise<ProcessImage> {
  const {context, root, log, buildArgs, dockerfile = join(context, 'Dockerfile')} = options;
  const text = await readFile(dockerfile, 'utf8').catch((cause) => {
    throw new Error(`unable to read the Dockerfile: ${cause.message}`, {cause});
  });
  const {steps, config} = readDockerfile(text, buildArgs);
  log(`FROM ${config.base}: ${await standIn(config)}`);
  await mkdir(join(root, config.workdir), {recursive: true});
  const files = await readContextFiles(context);
  for (const step of steps) {
    options.signal?.throwIfAborted();
    try {
      log(step.at);
      await carryOut(step, files, options);
    } catch (error) {
      throw new Error(`${step.at}: ${error instanceof Error ? error.message : error}`, {cause: error});
    }
  }
  const content = JSON.stringify([config, await treeDigest(root)]);
  return {digest: `sha256:${createHash('sha256').update(content).digest('hex')}`, config};
}

async function standIn({runtime}: ImageConfig): Promise<string> {
  switch (runtime) {
    case 'python':
      return `Python ${(await hostPython()).version} of this machine stands in`;
    case 'node':
      return `Node.js ${process.versions.node} of this process stands in`;
    case 'system':
      return 'the programs of this machine stand in';
  }
}

async function carryOut(
  step: PlannedStep,
  files: readonly string[],
  options: ProcessImageOptions,
): Promise<void> {
  const {context, root, log, signal} = options;
  switch (step.kind) {
    case 'note':
      log(step.text);
      return;
    case 'copy':
      for (const {from, to} of filesToCopy(files, step.sources, step.target)) {
        await cp(join(context, from), join(root, to), {verbatimSymlinks: true});
      }
      return;
    case 'pip':
      await virtualEnvironment(join(root, step.requirements), options);
      return;
    case 'npm': {
      const code = await runCommand('npm', step.args, {cwd: join(root, step.folder), log, signal});
      if (code !== 0) throw new Error(`npm ${step.args.join(' ')} exited with ${code}`);
    }
  }
}
