// Makes a fresh clone ready: installs the locked npm packages (the project's own Node among them) unless they are there already.
// Plain JavaScript without dependencies, because it runs on the machine's own Node before anything is installed.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const stamp = join(root, 'node_modules', '.installed-lock');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('Installing the npm packages of package-lock.json; only the first time, about a minute …');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, ...rest] = npm === undefined ? ['npm', ...args] : [process.execPath, npm, ...args];
  const {status} = spawnSync(command, rest, {cwd: root, stdio: 'inherit'});
  if (status !== 0) {
    console.error(
      'npm ci failed. The first run needs a package registry; check the network, then run the same command again.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
process.exit(spawnSync(node, [join(root, 'cli', 'build-kernel.ts')], {stdio: 'inherit'}).status ?? 1);
