import {createHash, randomUUID} from 'node:crypto';
import {existsSync, lstatSync} from 'node:fs';
import {mkdir, readFile, rename, rm, symlink} from 'node:fs/promises';
import {homedir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {runCommand} from './command.ts';
import {explainPipFailure} from './pip-failure.ts';
import {hostPython, hostPythonHas} from './python.ts';
import {requirementLines, requirementsDigest} from './requirements.ts';

export interface VirtualEnvironmentOptions {
  /** Where finished environments are kept, for every state folder of this user. */
  readonly cacheDir: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** `$XDG_CACHE_HOME/millrace/venvs`, or the same under `~/.cache`. */
export function defaultCacheDir(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'millrace', 'venvs');
}

/**
 * A Python environment with the packages of a requirements file, or with none: made once per content and Python version,
 * then found again without pip and without a network.
 * @returns its folder, with `bin/python` in it.
 * @throws an Error of one sentence when the packages cannot be had.
 */
export async function virtualEnvironment(
  requirementsPath: string | undefined,
  {cacheDir, log, signal}: VirtualEnvironmentOptions,
): Promise<string> {
  const python = await hostPython();
  const packages = requirementsPath === undefined ? '' : await requirementsDigest(requirementsPath);
  const key = createHash('sha256').update(`${python.identity}\n${packages}`).digest('hex').slice(0, 32);
  const path = join(cacheDir, key);
  if (existsSync(join(path, 'bin', 'python'))) return path;

  // Scripts in `bin` name the folder they were installed in, so it keeps its name and a link makes it known.
  const folder = `${path}.${randomUUID().slice(0, 8)}`;
  await mkdir(cacheDir, {recursive: true});
  try {
    await fill(folder, requirementsPath, {log, signal});
    await publish(folder, path);
  } catch (error) {
    await rm(folder, {recursive: true, force: true});
    throw error;
  }
  return path;
}

type Progress = Pick<VirtualEnvironmentOptions, 'log' | 'signal'>;

async function fill(folder: string, requirementsPath: string | undefined, progress: Progress): Promise<void> {
  if (requirementsPath === undefined) return create(folder, ['--without-pip'], progress);
  const lines = requirementLines(await readFile(requirementsPath, 'utf8'));
  if (lines.length === 0) return create(folder, ['--without-pip'], progress);

  await create(folder, [], progress);
  const failure = await install(folder, requirementsPath, progress);
  if (failure === undefined) return;
  if (!(await hostPythonHas(lines))) {
    throw new Error(`${basename(requirementsPath)} cannot be installed: ${failure}`);
  }
  progress.log("pip failed, but this machine's Python already has these packages: using them");
  await rm(folder, {recursive: true});
  await create(folder, ['--without-pip', '--system-site-packages'], progress);
}

/** Returns why it failed; undefined when it did not. */
async function install(
  folder: string,
  requirementsPath: string,
  {log, signal}: Progress,
): Promise<string | undefined> {
  const output: string[] = [];
  const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', requirementsPath];
  const code = await runCommand(join(folder, 'bin', 'python'), args, {
    cwd: dirname(requirementsPath),
    signal,
    log: (line) => {
      output.push(line);
      log(line);
    },
  });
  return code === 0 ? undefined : explainPipFailure(output, (await hostPython()).version);
}

async function create(folder: string, options: readonly string[], {log, signal}: Progress): Promise<void> {
  const code = await runCommand('python3', ['-m', 'venv', ...options, folder], {
    cwd: dirname(folder),
    log,
    signal,
  });
  if (code === 0) return;
  throw new Error(
    'python3 cannot make virtual environments (on Debian and Ubuntu: apt-get install python3-venv)',
  );
}

/** Makes `folder` known as `path`, unless another process was faster: then that one's is as good. */
async function publish(folder: string, path: string): Promise<void> {
  if (isBroken(path)) {
    const link = `${folder}.link`;
    await symlink(basename(folder), link);
    await rename(link, path);
    return;
  }
  try {
    await symlink(basename(folder), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await rm(folder, {recursive: true});
  }
}

/** A link is there, but no interpreter behind it. */
function isBroken(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false}) !== undefined && !existsSync(join(path, 'bin', 'python'));
}
