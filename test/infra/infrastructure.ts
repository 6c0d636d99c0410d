import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {readDeployment} from '../../cli/deployment.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {matches, page} from '../docs/pages.ts';
import type {Grant} from './grants.ts';
import type {Infrastructure} from './policies.ts';
import {parseTerraform, readSources} from './terraform.ts';

/** Everything in infra/, after some of its words were replaced. @throws Error when a word is not there to be replaced */
export async function readInfrastructure(
  edits: readonly (readonly [file: string, from: string, to: string])[] = [],
): Promise<Infrastructure> {
  const sources = await readSources();
  let firestoreRules = await readFile(join(projectFolder, 'infra', 'firestore.rules'), 'utf8');
  for (const [file, from, to] of edits) {
    const text = file === 'firestore.rules' ? firestoreRules : sources.get(file);
    if (!text?.includes(from)) throw new Error(`${file} has no ${from}`);
    if (file === 'firestore.rules') firestoreRules = text.replace(from, to);
    else sources.set(file, text.replace(from, to));
  }
  return {
    terraform: parseTerraform(sources),
    deployment: await readDeployment(),
    firestoreRules,
    permissions: grantsTold(await page('permissions.md')),
  };
}

/** One row: `| account | role | on, on |`. */
function grantsTold(text: string): Grant[] {
  return matches(text, /^(\| .+ \| (?:roles\/|millrace\.).+ \| .+ \|)$/gm).flatMap((row) => {
    const [account = '', role = '', targets = ''] = row.slice(2, -2).split(' | ');
    return targets.split(', ').map((on) => ({account, role, on}));
  });
}
