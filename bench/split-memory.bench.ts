import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs, promisify} from 'node:util';
import {readDeployment} from '../cli/deployment.ts';
import {projectFolder} from '../cli/project-folder.ts';
import {bundle} from './split/bundle.ts';
import {generate} from './split/generate.ts';
import type {Measurement} from './split/report.ts';
import {CURVE_STEP_BYTES} from './split/rss-curve.ts';
import {onCore, startServer} from './storage/start-server.ts';

// The memory of a long split while it goes on, file to files and through the storage client: numbers.csv, key = two columns.
//
//     npm run bench:memory -- --size 5000      megabytes

const DATA = 'numbers.csv';
/** The server gives the same file again and again; the header in the middle is a row like any other. */
const SERVED_BYTES = 100e6;
const run = promisify(execFile);

async function measure(command: readonly string[], env = process.env): Promise<Measurement> {
  const [program = '', ...args] = command;
  const {stdout} = await run(program, args, {env});
  return JSON.parse(stdout);
}

async function fromFile(program: string, folder: string, bytes: number): Promise<Measurement> {
  const path = join(folder, DATA);
  await generate(DATA, path, bytes);
  return measure([process.execPath, program, path, folder, 'columns']);
}

async function throughClient(program: string, folder: string, bytes: number): Promise<Measurement> {
  const path = join(folder, 'served.csv');
  await generate(DATA, path, SERVED_BYTES);
  const {functions} = await readDeployment();
  const options = ['--no-deprecation', functions['split-data']?.nodeOptions ?? ''].filter(Boolean);
  const {origin, stop} = await startServer(path, Math.ceil(bytes / SERVED_BYTES));
  try {
    const command = onCore(0, [process.execPath, ...options, program, DATA, 'columns', 'curve']);
    return await measure(command, {...process.env, STORAGE_EMULATOR_HOST: origin});
  } finally {
    stop();
  }
}

function table(files: Measurement, client: Measurement): string {
  const head = ['MB read', 'file to files, RSS MiB', 'through the client, RSS MiB'];
  const points = (files.curveMiB ?? []).map((rss, index) => [
    ((index + 1) * CURVE_STEP_BYTES) / 1e6,
    rss.toFixed(0),
    client.curveMiB?.[index]?.toFixed(0) ?? '',
  ]);
  const peak = ['peak', files.rssMiB.toFixed(0), client.rssMiB.toFixed(0)];
  return [head, head.map(() => '---'), ...points, peak].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const {values} = parseArgs({options: {size: {type: 'string', default: '5000'}}});
const bytes = Number(values.size) * 1e6;
const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
try {
  const [files = '', client = ''] = await bundle([
    join(import.meta.dirname, 'split', 'millrace-files.ts'),
    join(import.meta.dirname, 'storage', 'split.ts'),
  ]);
  const fileRun = await fromFile(files, folder, bytes);
  const clientRun = await throughClient(client, folder, bytes);
  const reports = join(projectFolder, 'dist', 'bench');
  await mkdir(reports, {recursive: true});
  await writeFile(
    join(reports, 'memory.json'),
    `${JSON.stringify({files: fileRun, client: clientRun}, null, 2)}\n`,
  );
  await writeFile(join(reports, 'memory.md'), `${table(fileRun, clientRun)}\n`);
  console.log(table(fileRun, clientRun));
} finally {
  await rm(folder, {recursive: true});
}
