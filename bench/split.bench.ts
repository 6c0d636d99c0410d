import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs, promisify} from 'node:util';
import {projectFolder} from '../cli/project-folder.ts';
import {type Contestant, contestants, type Key, MILLRACE} from './split/contestants.ts';
import {DATA_KINDS, type DataKind, generate} from './split/generate.ts';
import type {Measurement} from './split/report.ts';

// The split beside what else could do it: the same files, each contestant in a process of its own, in turn, in one run.
//
//     npm run bench:split -- --size 100 --data texts.csv --without pandas        megabytes; all when nothing is said

const ROUNDS = 3;
const RAM_DISK = '/dev/shm';
const run = promisify(execFile);

interface Result extends Measurement {
  readonly data: DataKind;
  readonly megabytes: number;
  readonly key: Key;
  readonly contestant: string;
  readonly megabytesPerSecond: number;
}

interface Trial {
  readonly data: DataKind;
  readonly path: string;
  readonly key: Key;
}

/** Undefined when the contestant cannot do it. */
async function measure(
  {name, command, isSlow}: Contestant,
  {data, path, key}: Trial,
): Promise<Result | undefined> {
  const [program = '', ...args] = command;
  const measured: Measurement[] = [];
  for (let round = 0; round < (isSlow ? 1 : ROUNDS); round += 1) {
    const output = await mkdtemp(join(path, '..', 'output-'));
    try {
      const {stdout} = await run(program, [...args, path, output, key]);
      measured.push(JSON.parse(stdout));
    } catch (error) {
      console.log(`${name} failed on ${data}: ${String(error).slice(0, 300)}`);
      return undefined;
    } finally {
      await rm(output, {recursive: true});
    }
  }
  const median = measured.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(measured.length / 2)]!;
  const megabytes = (await stat(path)).size / 1e6;
  return {data, megabytes, key, contestant: name, megabytesPerSecond: megabytes / median.seconds, ...median};
}

function table(results: readonly Result[]): string {
  const lines = results.map((result) => {
    const {data, megabytes, key, contestant, megabytesPerSecond, cpuSeconds, rssMiB} = result;
    const ours = results.find(
      (other) =>
        other.contestant === MILLRACE &&
        other.data === data &&
        other.key === key &&
        other.megabytes === megabytes,
    );
    const ratio = ours === undefined ? '' : (ours.megabytesPerSecond / megabytesPerSecond).toFixed(2);
    return [
      data,
      megabytes.toFixed(0),
      key,
      contestant,
      megabytesPerSecond.toFixed(0),
      cpuSeconds.toFixed(2),
      rssMiB.toFixed(0),
      ratio,
    ];
  });
  const head = ['data', 'MB', 'key', 'who', 'MB/s', 'CPU s', 'RSS MiB', 'file to files is × as fast'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const {values} = parseArgs({
  options: {
    size: {type: 'string', multiple: true, default: ['100', '1000']},
    data: {type: 'string', multiple: true, default: [...DATA_KINDS]},
    without: {type: 'string', multiple: true, default: []},
  },
});
const folder = await mkdtemp(join(existsSync(RAM_DISK) ? RAM_DISK : tmpdir(), 'bench-split-'));
const results: Result[] = [];
try {
  const all = (await contestants(folder)).filter(({name}) => !values.without.includes(name));
  for (const megabytes of values.size.map(Number)) {
    for (const data of DATA_KINDS.filter((kind) => values.data.includes(kind))) {
      const path = join(folder, data);
      await generate(data, path, megabytes * 1e6);
      for (const contestant of all) {
        for (const key of contestant.keys) {
          const result = await measure(contestant, {data, path, key});
          if (result !== undefined) results.push(result);
        }
      }
      await rm(path);
    }
  }
} finally {
  await rm(folder, {recursive: true});
}
const reports = join(projectFolder, 'dist', 'bench');
await mkdir(reports, {recursive: true});
await writeFile(join(reports, 'split.json'), `${JSON.stringify(results, null, 2)}\n`);
await writeFile(join(reports, 'split.md'), `${table(results)}\n`);
console.log(table(results));
