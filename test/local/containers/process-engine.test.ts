import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {createReadStream} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {useFakeTimers} from 'sinon';
import type {ContainerEngine, ContainerSpec} from '../../../local/containers/containers.ts';
import {processEngine} from '../../../local/containers/process-engine.ts';
import {openState, type State} from '../../../local/state.ts';

const SHELL = 'FROM alpine:3\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["sh", "main.sh"]\n';

describe('processEngine', () => {
  let folder: string;
  let state: State;
  let engine: ContainerEngine;
  let log: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'process-engine-'));
    log = [];
    await open();
  });

  afterEach(async () => {
    await engine.close();
    state.close();
    await rm(folder, {recursive: true});
  });

  async function open(): Promise<void> {
    state = openState(join(folder, 'state'));
    engine = await processEngine({state, cacheDir: join(folder, 'venvs')});
  }

  async function build(files: Readonly<Record<string, string>>, buildArgs = {}): Promise<string> {
    const context = await mkdtemp(join(folder, 'context-'));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(context, name)), {recursive: true});
      await writeFile(join(context, name), content);
    }
    const {digest} = await engine.build(context, (line) => log.push(line), {buildArgs});
    return digest;
  }

  async function outputOf(digest: string, spec: Omit<ContainerSpec, 'image'> = {}): Promise<string> {
    const {code, logTail} = await engine.start(digest, {image: 'host/test:1', ...spec}).exited;
    assert.equal(code, 0, logTail);
    return logTail.trimEnd();
  }

  describe('build', () => {
    it('gives the same content the same digest, and other content another', async () => {
      const one = await build({Dockerfile: SHELL, 'main.sh': 'echo 1'});

      assert.match(one, /^sha256:[0-9a-f]{64}$/);
      assert.equal(await build({Dockerfile: SHELL, 'main.sh': 'echo 1'}), one);
      assert.notEqual(await build({Dockerfile: SHELL, 'main.sh': 'echo 2'}), one);
      assert.notEqual(await build({Dockerfile: `${SHELL}CMD ["a"]\n`, 'main.sh': 'echo 1'}), one);
    });

    it('makes one image of many builds of the same content at once', async () => {
      const files = {Dockerfile: SHELL, 'main.sh': 'echo 1'};
      const digests = await Promise.all(Array.from({length: 8}, () => build(files)));

      assert.equal(new Set(digests).size, 1);
      assert.equal((await readdir(join(folder, 'state', 'images'))).length, 1);
    });

    it('says in the log what it does not apply', async () => {
      await build({Dockerfile: `${SHELL}RUN apt-get update\nUSER nobody\n`, 'main.sh': ''});

      assert.ok(log.includes('`apt-get update` is not applied to a process'));
    });

    it('leaves out what .dockerignore names', async () => {
      const digest = await build({
        Dockerfile: SHELL,
        '.dockerignore': 'Dockerfile\n.*',
        'main.sh': 'ls -A',
        'a.txt': '',
      });

      assert.equal(await outputOf(digest), 'a.txt\nmain.sh');
    });

    it('refuses a context without a Dockerfile', async () => {
      await assert.rejects(build({'main.sh': ''}), /unable to read the Dockerfile/);
    });

    it('names the instruction that failed', async () => {
      const dockerfile = 'FROM alpine\nCOPY missing.txt /\n';

      await assert.rejects(
        build({Dockerfile: dockerfile}),
        /^Error: Dockerfile line 2: COPY: missing.txt: no such file/,
      );
      await assert.rejects(
        build({Dockerfile: 'FROM python\nRUN pip install -r none.txt\n'}),
        /^Error: Dockerfile line 2: RUN: ENOENT.*none\.txt/,
      );
    });

    it('installs the packages of a lock file', async () => {
      const lock = {name: 'a', lockfileVersion: 3, packages: {'': {name: 'a'}}};
      await build({
        Dockerfile: 'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\n',
        'package.json': '{"name": "a"}',
        'package-lock.json': JSON.stringify(lock),
      });

      assert.ok(log.some((line) => line.startsWith('up to date')));
    });

    it('fails with the packages', async () => {
      const dockerfile = 'FROM node:24\nWORKDIR /app\nRUN npm ci\n';

      await assert.rejects(build({Dockerfile: dockerfile}), {
        message: 'Dockerfile line 3: RUN: npm ci exited with 1',
      });
      assert.ok(log.some((line) => line.includes('package-lock.json')));
    });

    it('gives up when it is told to', async () => {
      const context = await mkdtemp(join(folder, 'context-'));
      await writeFile(join(context, 'Dockerfile'), 'FROM alpine\nCOPY Dockerfile /\n');

      const built = engine.build(context, () => {}, {signal: AbortSignal.abort(new Error('cancelled'))});
      await assert.rejects(built, {message: 'cancelled'});
    });
  });

  describe('start', () => {
    it('hands over each argument as it is', async () => {
      const digest = await build({Dockerfile: SHELL, 'main.sh': 'for a in "$@"; do echo "[$a]"; done'});

      assert.equal(await outputOf(digest, {args: ['a b', '$(id)', '*', '']}), '[a b]\n[$(id)]\n[*]\n[]');
    });

    it('puts given arguments in the place of CMD, and a given command in that of both', async () => {
      const digest = await build({Dockerfile: `${SHELL}CMD ["of", "cmd"]`, 'main.sh': 'echo "$@"'});

      assert.equal(await outputOf(digest), 'of cmd');
      assert.equal(await outputOf(digest, {args: ['given']}), 'given');
      assert.equal(await outputOf(digest, {command: ['echo'], args: ['hello']}), 'hello');
      assert.equal(await outputOf(digest, {command: ['sh', '-c', 'echo "<$*>"', 'sh']}), '<>');
    });

    it('shows the program the image, the given environment and nothing of the developer’s', async () => {
      process.env.SECRET_OF_THE_DEVELOPER = 'secret';
      const digest = await build(
        {
          Dockerfile: `ARG KIND=none\n${SHELL}ARG KIND\nENV MODE=image KIND=$KIND LIB=/app\n`,
          'main.sh': 'env',
        },
        {KIND: 'built'},
      );

      const env = Object.fromEntries(
        (await outputOf(digest, {env: {MODE: 'given'}})).split('\n').map((line) => line.split('=')),
      );
      delete process.env.SECRET_OF_THE_DEVELOPER;

      assert.deepEqual([env.MODE, env.KIND, env.SECRET_OF_THE_DEVELOPER], ['given', 'built', undefined]);
      assert.equal(env.LIB, env.PWD, 'a path of the image is found on this machine');
      assert.notEqual(env.HOME, process.env.HOME);
      assert.equal(env.TMPDIR, env.HOME);
    });

    it('gives each container its own copy of the files', async () => {
      const digest = await build({Dockerfile: SHELL, 'main.sh': 'ls; echo x > left-over'});

      assert.equal(await outputOf(digest), 'Dockerfile\nmain.sh');
      assert.equal(await outputOf(digest), 'Dockerfile\nmain.sh');
      assert.deepEqual(await readdir(join(folder, 'state', 'container-work')), []);
    });

    it('starts Python in an environment of its own', async () => {
      const digest = await build({
        Dockerfile:
          'FROM python:3.12-slim\nWORKDIR /app\nCOPY main.py .\nENTRYPOINT ["python", "/app/main.py"]\n',
        'main.py': 'import sys; print(sys.prefix != sys.base_prefix)',
      });

      assert.equal(await outputOf(digest), 'True');
    });

    it('starts Node.js of the version that runs the local cloud', async () => {
      const digest = await build({Dockerfile: 'FROM node:24\nENTRYPOINT ["node", "--version"]\n'});

      assert.equal(await outputOf(digest), process.version);
    });

    it('runs an image built before a restart', async () => {
      const digest = await build({Dockerfile: SHELL, 'main.sh': 'echo still here'});
      await engine.close();
      state.close();
      await open();

      assert.equal(await outputOf(digest), 'still here');
    });

    it('keeps the whole log in a file, and the last lines at hand', async () => {
      const digest = await build({Dockerfile: SHELL, 'main.sh': 'seq 1 2000; echo wrong >&2; exit 3'});

      const {code, logTail} = await engine.start(digest, {image: 'host/trainer:1'}).exited;

      assert.equal(code, 3);
      assert.ok(Buffer.byteLength(logTail) <= 4096 && logTail.endsWith('1999\n2000\nwrong\n'));
      const [file = ''] = await readdir(join(folder, 'state', 'container-logs'));
      assert.match(file, /-trainer-1-\w+\.log$/);
      const text = await readFile(join(folder, 'state', 'container-logs', file), 'utf8');
      assert.equal(text.split('\n').length, 2002);
      assert.ok(text.endsWith(`\n${logTail}`), 'whole lines');
    });

    it('exits with 127 when the program is not there', async () => {
      const digest = await build({Dockerfile: 'FROM alpine\nENTRYPOINT ["no-such-program"]\n'});

      const {code, logTail} = await engine.start(digest, {image: 'host/test:1'}).exited;
      assert.deepEqual([code, logTail], [127, 'no-such-program: spawn no-such-program ENOENT\n']);
    });

    it('exits with 125 when the image was never built', async () => {
      const {code, logTail} = await engine.start('sha256:0', {image: 'host/test:1'}).exited;

      assert.deepEqual([code, logTail], [125, 'no image sha256:0']);
    });
  });

  describe('kill', () => {
    /** Starts a container that holds a pipe open; the stream ends when no process of it is left. */
    async function startHolding(script: string) {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const digest = await build({Dockerfile: SHELL, 'main.sh': `exec 3> "$HOLD"; ${script}`});
      const container = engine.start(digest, {image: 'host/test:1', env: {HOLD: pipe}});
      const holders = createReadStream(pipe);
      await once(holders, 'data');
      return {container, gone: once(holders.resume(), 'end')};
    }

    it('ends the program and all it started', async () => {
      const {container, gone} = await startHolding('sleep 30 & echo ready >&3; wait');

      container.kill();

      assert.equal((await container.exited).code, 137);
      await gone;
    });

    it('ends what a finished program left running', async () => {
      const {container, gone} = await startHolding('sleep 30 & echo ready >&3');

      assert.equal((await container.exited).code, 0);
      await gone;
    });

    it('ends a program that ignores the polite request, after five seconds', async () => {
      const {container, gone} = await startHolding(
        'trap "" TERM; echo ready >&3; while :; do sleep 30; done',
      );
      const clock = useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});

      container.kill();
      clock.tick(5000);

      assert.equal((await container.exited).code, 137);
      await gone;
    });

    it('ends everything when the engine closes', async () => {
      const {container, gone} = await startHolding('echo ready >&3; sleep 30');

      await engine.close();

      assert.equal((await container.exited).code, 137);
      await gone;
    });

    it('does not start a program that was killed at once', async () => {
      const digest = await build({Dockerfile: SHELL, 'main.sh': 'echo started'});
      const container = engine.start(digest, {image: 'host/test:1'});

      container.kill();

      assert.deepEqual(await container.exited, {code: 137, logTail: ''});
    });
  });
});
