import {glob, readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {projectFolder} from './project-folder.ts';

const CONFLICT = 409;

interface Operation {
  readonly name: string;
  readonly error?: {readonly message: string};
}

/**
 * Deploys every `workflows/NAME.yaml` as the workflow NAME; what is already there gets a new revision when its source differs.
 * @param api the Workflows API with its version, without a slash at the end
 * @throws Error with the service's words when a source cannot be built
 */
export async function deployWorkflows(api: string, location: string): Promise<void> {
  for await (const file of glob(join(projectFolder, 'workflows', '*.yaml'))) {
    await deployWorkflow(`${api}/${location}`, basename(file, '.yaml'), await readFile(file, 'utf8'));
  }
}

async function deployWorkflow(parent: string, name: string, sourceContents: string): Promise<void> {
  const url = `${parent}/workflows`;
  const created = await send('POST', `${url}?workflowId=${name}`, {sourceContents});
  if (created.status !== CONFLICT) return ended(parent, name, created);
  const current = (await (await fetch(`${url}/${name}`)).json()) as {sourceContents: string};
  if (current.sourceContents === sourceContents) return;
  const updated = await send('PATCH', `${url}/${name}?updateMask=sourceContents`, {sourceContents});
  return ended(parent, name, updated);
}

async function ended(parent: string, name: string, answer: Response): Promise<void> {
  if (!answer.ok) throw new Error(`workflow ${name}: ${await answer.text()}`);
  const {name: operation} = (await answer.json()) as Operation;
  const id = operation.slice(operation.lastIndexOf('/') + 1);
  const {error} = (await (await fetch(`${parent}/operations/${id}`)).json()) as Operation;
  if (error !== undefined) throw new Error(`workflow ${name}: ${error.message}`);
}

function send(method: string, url: string, body: object): Promise<Response> {
  return fetch(url, {method, headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});
}
