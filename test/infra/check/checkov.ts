import {existsSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../../../cli/project-folder.ts';
import type {Verdict} from './check-infra.ts';
import {mustRun, run} from './run.ts';

const VERSION = '3.3.30';
const MAX_SUPPRESSIONS = 5;
/** Kinds of files, by the folder they are looked for in. */
const SCANS = [
  ['infra', 'terraform'],
  ['trainer', 'dockerfile'],
] as const;

interface Check {
  readonly check_id: string;
  readonly resource: string;
  readonly check_result: {readonly suppress_comment?: string};
}

interface Report {
  readonly summary?: {readonly passed: number};
  readonly results?: {readonly failed_checks: readonly Check[]; readonly skipped_checks: readonly Check[]};
}

export async function runCheckov(cache: string): Promise<Verdict> {
  const checkov = await install(cache);
  if (checkov === undefined) return {outcome: 'skipped', what: 'checkov: needs python3'};
  const reports = await Promise.all(SCANS.map(([folder, framework]) => scan(checkov, folder, framework)));
  const passed = reports.reduce((sum, {summary}) => sum + (summary?.passed ?? 0), 0);
  const failed = reports.flatMap(({results}) => results?.failed_checks ?? []);
  const skipped = reports.flatMap(({results}) => results?.skipped_checks ?? []);
  const isGood = passed > 0 && failed.length === 0 && skipped.length <= MAX_SUPPRESSIONS;
  const lines = [
    `checkov ${VERSION}: ${passed} passed, ${failed.length} failed, ${skipped.length} suppressed`,
    ...failed.map(({check_id: id, resource}) => `  ${id} fails for ${resource}`),
    ...skipped.map(
      ({check_id: id, resource, check_result: {suppress_comment: why}}) =>
        `  ${id} is suppressed for ${resource}: ${why ?? 'without a reason'}`,
    ),
  ];
  return {outcome: isGood ? 'passed' : 'failed', what: lines.join('\n')};
}

async function scan(checkov: string, folder: string, framework: string): Promise<Report> {
  const args = ['--directory', join(projectFolder, folder), '--framework', framework];
  const {output} = await run(checkov, [...args, '--output', 'json', '--skip-download']);
  return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as Report;
}

/** Into a virtual environment of its own, once. */
async function install(cache: string): Promise<string | undefined> {
  const folder = join(cache, `checkov-${VERSION}`);
  const program = join(folder, 'bin', 'checkov');
  if (existsSync(program)) return program;
  if (!(await run('python3', ['--version'])).isGood) return undefined;
  await mkdir(cache, {recursive: true});
  await mustRun('python3', ['-m', 'venv', folder]);
  await mustRun(join(folder, 'bin', 'pip'), ['install', '--quiet', `checkov==${VERSION}`]);
  return program;
}
