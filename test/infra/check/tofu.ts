import {existsSync} from 'node:fs';
import {cp, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {projectFolder} from '../../../cli/project-folder.ts';
import type {Verdict} from './check-infra.ts';
import {mustRun, run} from './run.ts';

const VERSION = '1.12.6';
const MODULE = `github.com/opentofu/opentofu@v${VERSION}`;
const infra = join(projectFolder, 'infra');

export async function checkFormat(cache: string): Promise<Verdict> {
  const tofu = await openTofu(cache);
  if (tofu === undefined) return {outcome: 'skipped', what: 'fmt: needs Go, OpenTofu or Terraform'};
  const {isGood, output} = await run(tofu, ['fmt', '-check', '-diff', '-recursive', infra]);
  return isGood
    ? {outcome: 'passed', what: `fmt: ${await versionOf(tofu)}`}
    : {outcome: 'failed', what: output};
}

/** In a copy, so that nothing is left behind in infra/. */
export async function validate(cache: string): Promise<Verdict> {
  const tofu = await openTofu(cache);
  if (tofu === undefined) return {outcome: 'skipped', what: 'validate: needs Go, OpenTofu or Terraform'};
  const folder = await mkdtemp(join(tmpdir(), 'millrace-infra-'));
  try {
    await cp(infra, folder, {recursive: true});
    const prepared = await run(tofu, ['init', '-backend=false', '-input=false', '-no-color'], folder);
    if (!prepared.isGood) {
      const isAway = /could not connect|no such host|failed to (request|resolve)|dial tcp/.test(
        prepared.output,
      );
      if (!isAway) return {outcome: 'failed', what: prepared.output};
      return {outcome: 'skipped', what: 'validate: the registry of providers cannot be reached from here'};
    }
    const {isGood, output} = await run(tofu, ['validate', '-no-color'], folder);
    return {outcome: isGood ? 'passed' : 'failed', what: `validate: ${output.trim()}`};
  } finally {
    await rm(folder, {recursive: true});
  }
}

/** OpenTofu, built once from its Go module; else whatever this machine has. */
async function openTofu(cache: string): Promise<string | undefined> {
  const built = join(cache, `tofu-${VERSION}`);
  if (existsSync(built)) return built;
  if ((await run('go', ['version'])).isGood) return build(built);
  for (const program of ['tofu', 'terraform']) if ((await run(program, ['version'])).isGood) return program;
  return undefined;
}

/** In a copy of the module: its replace directives only count in the main module. */
async function build(target: string): Promise<string> {
  const {Dir: source} = JSON.parse(await mustRun('go', ['mod', 'download', '-json', MODULE], tmpdir())) as {
    Dir: string;
  };
  const folder = await mkdtemp(join(tmpdir(), 'millrace-tofu-'));
  try {
    await cp(source, folder, {recursive: true});
    await mustRun('chmod', ['-R', 'u+w', folder]);
    await mustRun('go', ['build', '-trimpath', '-o', target, './cmd/tofu'], folder);
  } finally {
    await rm(folder, {recursive: true});
  }
  return target;
}

async function versionOf(program: string): Promise<string> {
  return /^(?:OpenTofu|Terraform) v\S+$/m.exec(await mustRun(program, ['version']))?.[0] ?? program;
}
