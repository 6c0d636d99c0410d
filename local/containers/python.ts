import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

const run = promisify(execFile);

/** Python on this machine, as `python3` in PATH. */
export interface HostPython {
  /** E.g. `3.12.4`. */
  readonly version: string;
  /** Differs when an environment made by one interpreter does not fit another. */
  readonly identity: string;
}

const DESCRIBE = `
import json, platform, sys, sysconfig
print(json.dumps({
    "version": platform.python_version(),
    "identity": " ".join([sys.version, sys.base_prefix, sysconfig.get_platform()]),
}))`;

// pip brings the standard's own parser along, so versions, extras and markers need no rules of ours.
const CHECK_INSTALLED = `
import sys
from importlib.metadata import version
from pip._vendor.packaging.requirements import Requirement
for line in sys.argv[1:]:
    wanted = Requirement(line)
    if wanted.marker is None or wanted.marker.evaluate():
        if not wanted.specifier.contains(version(wanted.name), prereleases=True):
            sys.exit(1)`;

let found: Promise<HostPython> | undefined;

/**
 * Looks `python3` up once per process.
 * @throws an Error that says what to install when there is none.
 */
export function hostPython(): Promise<HostPython> {
  found ??= describe();
  return found;
}

async function describe(): Promise<HostPython> {
  try {
    const {stdout} = await run('python3', ['-c', DESCRIBE]);
    return JSON.parse(stdout) as HostPython;
  } catch (cause) {
    throw new Error('python3 was not found: install Python 3.9 or newer and put it in PATH', {cause});
  }
}

/** Whether this machine's own Python already has every package of these requirement lines, at a version that fits. */
export async function hostPythonHas(lines: readonly string[]): Promise<boolean> {
  const packages = lines.filter((line) => !line.startsWith('--'));
  try {
    await run('python3', ['-c', CHECK_INSTALLED, ...packages]);
    return true;
  } catch {
    return false;
  }
}
