import {access} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {readDeployment} from '../deployment.ts';
import type {DeploymentInputs} from '../deployment-inputs.ts';
import {projectFolder} from '../project-folder.ts';
import {gcloud, outputOf} from '../tool.ts';
import {type Finding, failed, fine} from './finding.ts';

/** Something to look at on this machine. */
export interface LocalCheck {
  readonly title: string;
  readonly look: () => Promise<Finding>;
}

/** What can be said without asking Google; `readInputs` gives what is to be deployed where. */
export function localChecks(
  readInputs: () => Promise<DeploymentInputs>,
  folder: string = projectFolder,
): readonly LocalCheck[] {
  return [
    {title: 'gcloud', look: lookAtGcloud},
    {title: 'Terraform', look: lookAtTerraform},
    {title: 'variables', look: () => lookAtInputs(readInputs)},
    {title: 'names', look: () => lookAtNames(folder)},
    {title: 'bundles', look: () => lookAtBundles(folder)},
  ];
}

async function lookAtGcloud(): Promise<Finding> {
  const version = await gcloud(['version']).catch(() => undefined);
  const known = z.object({'Google Cloud SDK': z.string()}).safeParse(version);
  if (known.success) return fine(known.data['Google Cloud SDK']);
  return failed('not installed', 'open https://cloud.google.com/sdk/docs/install');
}

async function lookAtTerraform(): Promise<Finding> {
  for (const program of ['terraform', 'tofu']) {
    const text = await outputOf(program, ['version', '-json']).catch(() => undefined);
    const version = text?.match(/"terraform_version":\s*"([^"]+)"/)?.[1];
    if (version !== undefined) return fine(`${program} ${version}`);
  }
  return fine('none here, and none needed: gcloud infra-manager has its own');
}

async function lookAtInputs(readInputs: () => Promise<DeploymentInputs>): Promise<Finding> {
  const {project, region} = await readInputs();
  return fine(`project ${project}, region ${region}`);
}

async function lookAtNames(folder: string): Promise<Finding> {
  const {functions, topics, sinks, schemas} = await readDeployment();
  const names = Object.keys(functions);
  const used = Object.values(functions).flatMap(({triggers}) =>
    triggers.flatMap((trigger) => ('topic' in trigger ? [trigger.topic] : [])),
  );
  const unknown = [...used, ...Object.keys(schemas), ...Object.values(sinks).map(({topic}) => topic)].filter(
    (topic) => !topics.includes(topic),
  );
  const sources = await missing(names.map((name) => join(folder, 'functions', `${name}.ts`)));
  const wrong = [...unknown.map((topic) => `topic ${topic}`), ...sources];
  if (wrong.length === 0) return fine(`${names.length} functions, ${topics.length} topics`);
  return failed(`infra/functions.yaml names what is not there: ${wrong.join(', ')}`, 'git status');
}

async function lookAtBundles(folder: string): Promise<Finding> {
  const names = Object.keys((await readDeployment()).functions);
  const absent = await missing(names.map((name) => join(folder, 'dist', 'functions', name, 'index.cjs')));
  if (absent.length === 0) return fine(`${names.length} built`);
  return failed(`${absent.length} of ${names.length} are not built`, 'npm run build');
}

async function missing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => !found[index]);
}
