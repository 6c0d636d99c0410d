import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {hostPythonHas} from '../../../local/containers/python.ts';
import {virtualEnvironment} from '../../../local/containers/virtual-environment.ts';

/** Writes the smallest wheel there is: a module `tiny` with an answer, and a script that prints it. */
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tiny-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny.py", "ANSWER = 42\\ndef main(): print(ANSWER)\\n")
    wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny-1.0.dist-info/entry_points.txt", "[console_scripts]\\ntiny = tiny:main\\n")
    wheel.writestr("tiny-1.0.dist-info/RECORD", "")`;

describe('virtualEnvironment', () => {
  let folder: string;
  let cacheDir: string;
  let lines: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtual-environment-'));
    cacheDir = join(folder, 'cache');
  });

  beforeEach(() => {
    lines = [];
  });

  after(() => rm(folder, {recursive: true}));

  async function environmentOf(requirements: string): Promise<string> {
    const path = join(folder, 'requirements.txt');
    await writeFile(path, requirements);
    return virtualEnvironment(path, {cacheDir, log: (line) => lines.push(line)});
  }

  it('installs what a requirements file names, once', async function () {
    this.timeout(60_000);
    execFileSync('python3', ['-c', MAKE_WHEEL, folder]);

    const made = await environmentOf('--no-index\n./tiny-1.0-py3-none-any.whl\n');
    assert.equal(execFileSync(join(made, 'bin', 'tiny'), {encoding: 'utf8'}), '42\n');
    assert.ok(lines.some((line) => line.includes('Successfully installed tiny-1.0')));

    lines = [];
    const found = await environmentOf('# the same\n./tiny-1.0-py3-none-any.whl\n--no-index\n');
    assert.deepEqual([found, lines], [made, []]);
  });

  it('makes one environment when two ask at the same time', async () => {
    const [one, other] = await Promise.all([environmentOf('# nothing'), environmentOf('# nothing')]);

    assert.equal(one, other);
    execFileSync(join(one, 'bin', 'python'), ['-c', '']);
    const folders = (await readdir(cacheDir)).filter((name) => one.endsWith(name.slice(0, 32)));
    assert.equal(folders.length, 2, 'the environment and the link to it');
  });

  it('makes an environment again whose interpreter is gone', async () => {
    const path = await environmentOf('');
    await rm(join(path, 'bin', 'python'));

    assert.equal(await environmentOf(''), path);
    execFileSync(join(path, 'bin', 'python'), ['-c', '']);
  });

  it('fails in one sentence and leaves nothing when a package cannot be had', async function () {
    this.timeout(60_000);
    const others = await readdir(cacheDir);

    await assert.rejects(environmentOf('--no-index\nno-such-package==1\n'), {
      message:
        /^requirements.txt cannot be installed: pip failed with Python [\d.]+: No matching distribution found for no-such-package==1$/,
    });
    assert.deepEqual(await readdir(cacheDir), others);
  });

  it('gives up when it is told to', async () => {
    const path = join(folder, 'none.txt');
    await mkdir(cacheDir, {recursive: true});
    await writeFile(path, 'no-such-package==2');
    const options = {cacheDir, log: () => {}, signal: AbortSignal.abort(new Error('cancelled'))};

    await assert.rejects(virtualEnvironment(path, options), {name: 'AbortError'});
  });
});

describe('hostPythonHas', () => {
  let pip: string;

  before(() => {
    pip = execFileSync('python3', ['-c', 'import pip; print(pip.__version__)'], {encoding: 'utf8'}).trim();
  });

  it('accepts a package at the version that is there', async () => {
    assert.equal(await hostPythonHas(['--no-index', `pip==${pip}`, 'none==1; python_version < "3"']), true);
  });

  for (const line of ['pip==0.1', 'no-such-package==1', '-r other.txt', './pkg']) {
    it(`does not accept ${line}`, async () => {
      assert.equal(await hostPythonHas([`pip==${pip}`, line]), false);
    });
  }
});
