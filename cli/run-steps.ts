import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline/promises';
import {PermanentError} from '../shared/errors.ts';
import type {DeployTool, Step} from './deploy-steps.ts';
import {projectFolder} from './project-folder.ts';
import {outputOf} from './tool.ts';

const PROGRAMS = {'infra-manager': 'gcloud', terraform: 'terraform', tofu: 'tofu'} as const;

/** The first of some tools that is installed. @throws PermanentError TOOL_MISSING */
export async function installedTool<Tool extends DeployTool>(tools: readonly Tool[]): Promise<Tool> {
  for (const tool of tools) {
    const version = await outputOf(PROGRAMS[tool], ['version']).catch(() => undefined);
    if (version !== undefined) return tool;
  }
  const programs = tools.map((tool) => PROGRAMS[tool]);
  throw new PermanentError('TOOL_MISSING', `neither ${programs.join(' nor ')} is installed`, {
    hint: 'docs/how-to/deploy.md says which programs are needed, and what for.',
  });
}

/** Asks in the terminal. @throws PermanentError NOT_CONFIRMED */
export async function confirm(question: string): Promise<void> {
  if (process.stdin.isTTY) {
    const terminal = createInterface({input: process.stdin, output: process.stderr});
    const answer = await terminal.question(`${question} Only "yes" will do: `);
    terminal.close();
    if (answer === 'yes') return;
  }
  throw new PermanentError('NOT_CONFIRMED', 'nobody has said yes', {
    hint: 'Answer yes, or give --yes; --dry-run only prints the commands.',
  });
}

/** Runs one step after the other in the project folder. @throws PermanentError TOOL_FAILED after the program has written its reasons itself */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  for (const [program, ...args] of steps) {
    const child = spawn(program, args, {cwd: projectFolder, stdio: 'inherit'});
    const [code] = await once(child, 'exit');
    if (code === 0) continue;
    throw new PermanentError('TOOL_FAILED', `${program} ended with ${String(code)}`, {
      where: [program, ...args].join(' '),
      hint: 'Its own words stand above. The same command, given again, goes on where it stopped.',
    });
  }
}

/** The steps as a person would type them. */
export function typed(steps: readonly Step[]): string {
  return steps.map((step) => step.join(' ')).join('\n');
}
