import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs, promisify} from 'node:util';
import {readDeployment} from '../cli/deployment.ts';
import {projectFolder} from '../cli/project-folder.ts';
import {bundle} from './split/bundle.ts';
import {DATA_KINDS, type DataKind, generate} from './split/generate.ts';
import type {Measurement} from './split/report.ts';
import {onCore, startServer} from './storage/start-server.ts';

// The split through the storage client beside the same client that merely copies the object, with the CRC-32C of both directions and
// with the SHA-256 that a manifest needs as well, in turn, in one run.
// The client's process has one core and the server, on loopback, another.
//
//     npm run bench:storage -- --size 300 --data numbers.csv

const ROUNDS = 3;
const RAM_DISK = '/dev/shm';
const run = promisify(execFile);

interface Result extends Measurement {
  readonly data: DataKind;
  readonly megabytes: number;
  readonly who: string;
  readonly megabytesPerSecond: number;
}

interface Program {
  readonly who: string;
  readonly args: readonly string[];
}

async function measure(command: readonly string[], origin: string): Promise<Measurement> {
  const [program = '', ...args] = onCore(0, command);
  const env = {...process.env, STORAGE_EMULATOR_HOST: origin};
  const {stdout} = await run(program, args, {env});
  return JSON.parse(stdout);
}

/** The medians of all programs, which take turns. */
async function compare(
  programs: readonly Program[],
  data: DataKind,
  path: string,
): Promise<readonly Result[]> {
  const {origin, stop} = await startServer(path);
  const measured = new Map<string, Measurement[]>(programs.map(({who}) => [who, []]));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const {who, args} of programs) {
        measured.get(who)?.push(await measure([process.execPath, ...args], origin));
      }
    }
  } finally {
    stop();
  }
  const megabytes = (await stat(path)).size / 1e6;
  return [...measured].map(([who, rounds]) => {
    const median = rounds.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(ROUNDS / 2)]!;
    return {data, megabytes, who, megabytesPerSecond: megabytes / median.seconds, ...median};
  });
}

function table(results: readonly Result[]): string {
  const lines = results.map(({data, megabytes, who, megabytesPerSecond, cpuSeconds, rssMiB}) => {
    const ratios = [COPY, DIGESTING_COPY].map((copyist) => {
      const copy = results.find((other) => other.data === data && other.who === copyist);
      return copy === undefined ? '' : (megabytesPerSecond / copy.megabytesPerSecond).toFixed(2);
    });
    const numbers = [megabytesPerSecond.toFixed(0), cpuSeconds.toFixed(2), rssMiB.toFixed(0)];
    return [data, megabytes.toFixed(0), who, ...numbers, ...ratios];
  });
  const head = ['data', 'MB', 'who', 'MB/s', 'CPU s', 'RSS MiB', 'of copying', 'of copying with SHA-256'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const COPY = 'client copies';
const DIGESTING_COPY = 'client copies, SHA-256 too';
/** The client calls what Node has deprecated. */
const NO_WARNINGS = '--no-deprecation';
const {values} = parseArgs({
  options: {
    size: {type: 'string', default: '300'},
    data: {type: 'string', multiple: true, default: [...DATA_KINDS]},
  },
});
const folder = await mkdtemp(join(existsSync(RAM_DISK) ? RAM_DISK : tmpdir(), 'bench-storage-'));
const results: Result[] = [];
const {functions} = await readDeployment();
/** Of the function that splits. */
const options = (functions['split-data']?.nodeOptions ?? '').split(' ').filter(Boolean);
try {
  const sources = ['copy.ts', 'split.ts'].map((name) => join(import.meta.dirname, 'storage', name));
  const [copy = '', split = ''] = await bundle(sources);
  for (const data of DATA_KINDS.filter((kind) => values.data.includes(kind))) {
    const path = join(folder, data);
    await generate(data, path, Number(values.size) * 1e6);
    const programs = [
      {who: COPY, args: [NO_WARNINGS, ...options, copy]},
      {who: DIGESTING_COPY, args: [NO_WARNINGS, ...options, copy, 'sha256']},
      {who: 'Millrace, row', args: [NO_WARNINGS, ...options, split, data, 'row']},
      {who: 'Millrace, columns', args: [NO_WARNINGS, ...options, split, data, 'columns']},
    ];
    results.push(...(await compare(programs, data, path)));
    await rm(path);
  }
} finally {
  await rm(folder, {recursive: true});
}
const reports = join(projectFolder, 'dist', 'bench');
await mkdir(reports, {recursive: true});
await writeFile(join(reports, 'storage.json'), `${JSON.stringify(results, null, 2)}\n`);
await writeFile(join(reports, 'storage.md'), `${table(results)}\n`);
console.log(table(results));
