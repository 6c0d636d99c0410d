import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {projectFolder} from '../../cli/project-folder.ts';
import {defaultCacheDir, virtualEnvironment} from '../../local/containers/virtual-environment.ts';

const run = promisify(execFile);
const FOLDERS = [
  'trainer',
  'examples/wine/trainer',
  'local/serving/prebuilt/sklearn-cpu.1-6',
  'local/serving/prebuilt/xgboost-cpu.2-1',
];
const INSTALLING_MS = 300_000;

/** Runs the unit tests that lie in a folder of Python code, with the packages that its requirements.txt pins. */
async function unittest(folder: string): Promise<string> {
  const log: string[] = [];
  const environment = await virtualEnvironment(join(folder, 'requirements.txt'), {
    cacheDir: defaultCacheDir(),
    log: (line) => log.push(line),
  });
  const {stderr} = await run(join(environment, 'bin', 'python'), ['-m', 'unittest'], {cwd: folder});
  return stderr;
}

describe('Python code', () => {
  for (const folder of FOLDERS) {
    it(`of ${folder} passes its own tests`, async () => {
      const report = await unittest(join(projectFolder, folder));

      assert.match(report, /Ran \d+ tests/);
      assert.match(report, /^OK/m);
    }).timeout(INSTALLING_MS);
  }
});
