import assert from 'node:assert/strict';
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {buildFunctions, bundlesFolder} from '../../cli/build-functions.ts';
import {readDeployment} from '../../cli/deployment.ts';
import {freePort} from '../../local/free-port.ts';

const MAX_BYTES = 6_000_000;
const MAX_GZIP_BYTES = 1_500_000;
const SETTINGS = {
  GOOGLE_CLOUD_PROJECT: 'the-project',
  MILLRACE_DATA_BUCKET: 'the-data',
  MILLRACE_RUNS_BUCKET: 'the-runs',
  MILLRACE_ADMISSION_BUCKET: 'the-admissions',
};

describe('the bundles of the functions', function () {
  this.timeout(60_000);
  const leftover = join(bundlesFolder, 'receive-data', 'leftover.cjs');
  let names: readonly string[];
  let started: ChildProcess | undefined;

  before(async () => {
    await mkdir(join(bundlesFolder, 'receive-data'), {recursive: true});
    await writeFile(leftover, '');
    names = await buildFunctions();
  });

  afterEach(async () => {
    if (started?.exitCode === null && started.kill()) await once(started, 'exit');
    started = undefined;
  });

  function start(file: string, env: Record<string, string>): ChildProcess {
    started = spawn(process.execPath, [join(bundlesFolder, file)], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return started;
  }

  async function listening(file: string): Promise<string> {
    const port = await freePort();
    start(file, {...SETTINGS, NODE_ENV: 'production', PORT: String(port), HOST: '127.0.0.1'});
    await accepting(port);
    return `http://127.0.0.1:${port}`;
  }

  it('are one for each function that is deployed', async () => {
    assert.deepEqual(names, Object.keys((await readDeployment()).functions));
  });

  it('hold nothing of an earlier build', () => {
    assert.equal(existsSync(leftover), false);
  });

  it('have at most 6 MB each, 1.5 MB compressed', () => {
    for (const name of names) {
      const files = readdirSync(join(bundlesFolder, name)).filter((file) => file.endsWith('.cjs'));
      const code = Buffer.concat(files.map((file) => readFileSync(join(bundlesFolder, name, file))));

      assert.ok(code.length <= MAX_BYTES, `${name}: ${code.length}`);
      assert.ok(gzipSync(code).length <= MAX_GZIP_BYTES, `${name}: ${gzipSync(code).length} compressed`);
    }
  });

  it('hold the code of no other function', () => {
    const splits = names.filter((name) => read(join(name, 'function.cjs')).includes('WebAssembly'));

    assert.deepEqual(splits, ['split-data']);
  });

  it('hold the SDK of spans in a file apart, and only where events are taken', () => {
    const without = names.filter((name) => !existsSync(join(bundlesFolder, name, 'traces-clients.cjs')));

    assert.deepEqual(without, ['rerun', 'sweep']);
    for (const name of names) assert.equal(read(join(name, 'function.cjs')).includes('resourceSpans'), false);
  });

  it('install what the lock file pins, by its digest', () => {
    for (const name of names) {
      const {dependencies} = JSON.parse(read(join(name, 'package.json')));
      const lock = JSON.parse(read(join(name, 'package-lock.json')));
      for (const [dependency, version] of Object.entries(dependencies)) {
        assert.equal(lock.packages[`node_modules/${dependency}`].version, version);
      }
      const {'': _root, ...installed} = lock.packages as Record<string, {integrity?: string}>;
      const digests = Object.values(installed).map(({integrity}) => integrity?.slice(0, 7));
      assert.deepEqual(new Set(digests), new Set(['sha512-']));
    }
  });

  it('are started by the command of their Procfile, under the functions framework', async () => {
    const [, file = ''] = /^web: node (\S+)\n$/.exec(read('rerun/Procfile')) ?? [];
    const url = await listening(join('rerun', file));

    assert.equal((await fetch(url, {method: 'PUT'})).status, 405);
    // Only the framework answers so.
    assert.equal((await fetch(`${url}/robots.txt`)).status, 404);
  });

  it('start with what V8 has compiled of them before, and without it or with another’s', async () => {
    const folder = join(bundlesFolder, 'receive-data');
    const cacheFile = join(folder, 'compile-cache', 'function.cache');
    const code = `console.log(require(${JSON.stringify(folder)}).script.cachedDataRejected); process.exit()`;
    const rejected = () =>
      execFileSync(process.execPath, ['-e', code], {env: {...SETTINGS, PORT: '0'}, encoding: 'utf8'}).trim();

    const cold = rejected();
    execFileSync(process.execPath, [join(folder, 'warm.cjs')], {env: {}, stdio: 'ignore'});
    const warm = rejected();
    await writeFile(cacheFile, 'of another Node');

    assert.deepEqual([cold, warm, rejected()], ['undefined', 'false', 'true']);
  });

  it('refuse 305 KB that would inflate to 300 MiB, and hold none of it', async () => {
    const url = await listening('receive-data');
    await fetch(url);
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
    const headers = {'content-type': 'application/json', 'content-encoding': 'gzip'};
    const beforeMiB = peakMiB(started);

    const {status} = await fetch(url, {method: 'POST', headers, body: bomb});

    assert.equal(status, 415);
    assert.ok(peakMiB(started) - beforeMiB <= 32);
  });

  it('refuse 40 MiB, and hold what is allowed', async () => {
    const url = await listening('receive-data');
    await fetch(url);
    const beforeMiB = peakMiB(started);

    const {status} = await fetch(url, {method: 'POST', body: Buffer.alloc(40 * 1024 * 1024, '1')});

    assert.equal(status, 413);
    assert.ok(peakMiB(started) - beforeMiB <= 64);
  });

  it('do not start without their settings, and name them', async () => {
    const process = start('rerun', {PORT: '0'});
    assert.ok(process.stderr);
    const [complaint, [code]] = await Promise.all([text(process.stderr), once(process, 'exit')]);

    assert.equal(code, 1);
    for (const name of Object.keys(SETTINGS)) assert.match(complaint, new RegExp(`${name}: is not set`));
  });
});

function read(file: string): string {
  return readFileSync(join(bundlesFolder, file), 'utf8');
}

/** The most that a process has had resident. */
function peakMiB(process: ChildProcess | undefined): number {
  const status = readFileSync(`/proc/${process?.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

async function accepting(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (outcome) return;
  }
}
