import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {readDeployment} from '../../cli/deployment.ts';
import {defaultCacheDir, virtualEnvironment} from '../../local/containers/virtual-environment.ts';
import {bundle} from './bundle.ts';

export const MILLRACE = 'Millrace, file to files';

export type Key = 'row' | 'columns';

const BOTH_KEYS: readonly Key[] = ['row', 'columns'];

/** Splits a file in a process of its own: `command … DATA OUTPUT_FOLDER KEY`. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly keys: readonly Key[];
  /** Slow ones are measured once. */
  readonly isSlow: boolean;
}

const run = promisify(execFile);
const here = import.meta.dirname;

/** All that this machine can run; says which others it cannot, and why. */
export async function contestants(folder: string): Promise<readonly Contestant[]> {
  const attempts = [
    attempt('the C program', () => cProgram(folder)),
    millracePrograms(),
    attempt('DuckDB', duckDb),
    attempt('pandas and scikit-learn', pythonPrograms),
  ];
  return (await Promise.all(attempts)).flat();
}

async function attempt(
  name: string,
  make: () => Promise<readonly Contestant[]>,
): Promise<readonly Contestant[]> {
  try {
    return await make();
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    console.log(`Without ${name}: ${reason}`);
    return [];
  }
}

async function cProgram(folder: string): Promise<readonly Contestant[]> {
  const path = join(folder, 'split');
  await run('cc', ['-O3', '-march=native', '-o', path, join(here, 'split.c')]);
  return [{name: 'C program', command: [path], keys: ['row'], isSlow: false}];
}

async function millracePrograms(): Promise<readonly Contestant[]> {
  const names = ['millrace-files', 'millrace-streams', 'millrace-object'];
  const [files = '', streams = '', object = ''] = await bundle(names.map((name) => join(here, `${name}.ts`)));
  const {functions} = await readDeployment();
  const node = [process.execPath, functions['split-data']?.nodeOptions ?? ''].filter(Boolean);
  return [
    {name: MILLRACE, command: [...node, files], keys: BOTH_KEYS, isSlow: false},
    {name: 'Millrace, streams', command: [...node, streams], keys: BOTH_KEYS, isSlow: false},
    {name: 'Millrace, digests too', command: [...node, object], keys: BOTH_KEYS, isSlow: false},
  ];
}

async function duckDb(): Promise<readonly Contestant[]> {
  await import('@duckdb/node-api');
  const command = [process.execPath, join(here, 'duckdb.ts')];
  return [{name: 'DuckDB, parsed, 1 thread', command, keys: BOTH_KEYS, isSlow: true}];
}

async function pythonPrograms(): Promise<readonly Contestant[]> {
  const environment = await virtualEnvironment(join(here, 'requirements.txt'), {
    cacheDir: defaultCacheDir(),
    log: () => {},
  });
  const program = (name: string) => [join(environment, 'bin', 'python'), join(here, name)];
  return [
    {name: 'pandas', command: program('pandas_split.py'), keys: ['row'], isSlow: true},
    {name: 'scikit-learn', command: program('sklearn_split.py'), keys: ['row'], isSlow: true},
  ];
}
