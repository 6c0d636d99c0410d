import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync} from 'node:fs';
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
  let names: readonly string[];
  let started: ChildProcess | undefined;

  before(async () => {
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

  it('are one for each function that is deployed', async () => {
    assert.deepEqual(names, Object.keys((await readDeployment()).functions));
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
    const splits = names.filter((name) =>
      readFileSync(join(bundlesFolder, name, 'function.cjs'), 'utf8').includes('WebAssembly'),
    );

    assert.deepEqual(splits, ['split-data']);
  });

  it('install what the lock file pins, by its digest', () => {
    for (const name of names) {
      const {dependencies} = JSON.parse(readFileSync(join(bundlesFolder, name, 'package.json'), 'utf8'));
      const lock = JSON.parse(readFileSync(join(bundlesFolder, name, 'package-lock.json'), 'utf8'));
      for (const [dependency, version] of Object.entries(dependencies)) {
        const locked = lock.packages[`node_modules/${dependency}`];
        if (locked.link === true) assert.equal(version, `file:${locked.resolved}`);
        else assert.deepEqual([locked.version, locked.integrity.slice(0, 7)], [version, 'sha512-']);
      }
    }
  });

  it('are started by the command that the buildpack looks for', async () => {
    const port = await freePort();
    start('rerun/framework/start.cjs', {...SETTINGS, PORT: String(port), HOST: '127.0.0.1'});

    await accepting(port);

    assert.equal((await fetch(`http://127.0.0.1:${port}/`, {method: 'PUT'})).status, 405);
  });

  it('do not start without their settings, and name them', async () => {
    const process = start('rerun', {PORT: '0'});
    assert.ok(process.stderr);
    const [complaint, [code]] = await Promise.all([text(process.stderr), once(process, 'exit')]);

    assert.equal(code, 1);
    for (const name of Object.keys(SETTINGS)) assert.match(complaint, new RegExp(`${name}: is not set`));
  });
});

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
