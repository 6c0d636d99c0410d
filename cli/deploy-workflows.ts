import {glob, readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {projectFolder} from './project-folder.ts';

const CONFLICT = 409;

interface Operation {
  readonly name: string;
  readonly error?: {readonly message: string};
}

/** What a deployed workflow is made of, as the API takes it. */
interface Definition {
  readonly sourceContents: string;
  /** What `sys.get_env` gives it. */
  readonly userEnvVars: Readonly<Record<string, string>>;
}

/**
 * Deploys every `workflows/NAME.yaml` as the workflow NAME; what is already there gets a new revision when it differs.
 * @param api the Workflows API with its version, without a slash at the end
 * @throws Error with the service's words when a source cannot be built
 */
export async function deployWorkflows(
  api: string,
  location: string,
  userEnvVars: Definition['userEnvVars'],
): Promise<void> {
  for await (const file of glob(join(projectFolder, 'workflows', '*.yaml'))) {
    const sourceContents = await readFile(file, 'utf8');
    await deployWorkflow(`${api}/${location}`, basename(file, '.yaml'), {sourceContents, userEnvVars});
  }
}

async function deployWorkflow(parent: string, name: string, definition: Definition): Promise<void> {
  const url = `${parent}/workflows`;
  const created = await send('POST', `${url}?workflowId=${name}`, definition);
  if (created.status !== CONFLICT) return ended(parent, name, created);
  const {sourceContents, userEnvVars} = (await (await fetch(`${url}/${name}`)).json()) as Definition;
  if (isDeepStrictEqual({sourceContents, userEnvVars}, definition)) return;
  const mask = Object.keys(definition).join(',');
  return ended(parent, name, await send('PATCH', `${url}/${name}?updateMask=${mask}`, definition));
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
