import assert from 'node:assert/strict';
import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Containers} from '../../../local/containers/containers.ts';
import {openContainers} from '../../../local/containers/open-containers.ts';
import {openState, type State} from '../../../local/state.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;

/** Stands for a docker command line with an engine: notes its arguments and acts as if. */
const DOCKER = `#!/bin/sh
echo "$*" >> "$0.log"
case "$1" in
  build) echo "building"; printf ${DIGEST} > "$3" ;;
  ps) echo left-over ;;
  run) echo "running"; exit 3 ;;
esac`;

describe('openContainers', () => {
  const path = process.env.PATH;
  let folder: string;
  let state: State;
  let containers: Containers;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-containers-'));
    state = openState(join(folder, 'state'));
    process.env.PATH = `${folder}:${path}`;
  });

  afterEach(async () => {
    process.env.PATH = path;
    await containers.close();
    state.close();
    await rm(folder, {recursive: true});
  });

  async function open(docker: string): Promise<void> {
    await writeFile(join(folder, 'docker'), docker);
    await chmod(join(folder, 'docker'), 0o755);
    containers = await openContainers({state, cacheDir: join(folder, 'venvs')});
  }

  describe('without a Docker engine', () => {
    beforeEach(() => open('#!/bin/sh\nexit 1'));

    it('makes images that run as processes', async () => {
      await writeFile(join(folder, 'Dockerfile'), 'FROM alpine\nENTRYPOINT ["echo", "a process"]\n');
      const {digest} = await containers.build(folder, () => {});
      containers.tag(digest, 'host/test:1');

      assert.deepEqual(await containers.run({image: 'host/test:1'}).exited, {
        code: 0,
        logTail: 'a process\n',
      });
    });

    it('does not run an image nobody tagged', () => {
      assert.throws(() => containers.run({image: 'host/test:1'}), {
        status: 'NOT_FOUND',
        message: /host\/test:1/,
      });
    });
  });

  describe('with a Docker engine', () => {
    beforeEach(() => open(DOCKER));

    async function commands(): Promise<string[]> {
      return (await readFile(join(folder, 'docker.log'), 'utf8')).trimEnd().split('\n');
    }

    it('removes the containers a killed cloud left behind', async () => {
      const label = `label=millrace.logs=${join(folder, 'state', 'container-logs')}`;

      assert.deepEqual(await commands(), [
        'info',
        `ps --all --quiet --filter ${label}`,
        'rm --force left-over',
      ]);
    });

    it('builds with docker, and tags what it built', async () => {
      const log: string[] = [];
      const options = {dockerfile: '/context/Other', buildArgs: {A: '1'}};

      const {digest} = await containers.build(folder, (line) => log.push(line), options);
      containers.tag(digest, 'host/test:1');

      assert.deepEqual([digest, log], [DIGEST, ['building']]);
      const command = (await commands()).at(-1) ?? '';
      assert.match(command, /^build --iidfile \S+ --file \/context\/Other --build-arg A=1 \/\S+$/);
      assert.equal(containers.resolve('host/test:1'), DIGEST);
    });

    it('fails with docker', async () => {
      await writeFile(join(folder, 'docker'), '#!/bin/sh\necho wrong >&2; exit 1');
      const log: string[] = [];

      await assert.rejects(
        containers.build(folder, (line) => log.push(line)),
        {message: 'docker build exited with 1'},
      );
      assert.deepEqual(log, ['wrong']);
    });

    it('runs on the network of this machine', async () => {
      containers.tag(DIGEST, 'host/test:1');
      const spec = {
        image: 'host/test:1',
        command: ['sh', '-c'],
        args: ['echo a'],
        env: {A: '1'},
        sharedFolder: '/scratch',
      };

      assert.deepEqual(await containers.run(spec).exited, {code: 3, logTail: 'running\n'});

      const command = (await commands()).at(-1) ?? '';
      assert.match(
        command,
        /^run --rm --network host --name millrace-\S+ --label millrace\.logs=\S+ --env A=1 /,
      );
      assert.ok(command.endsWith(` --volume /scratch:/scratch --entrypoint sh ${DIGEST} -c echo a`));
    });

    it('removes a container that was killed', async () => {
      containers.tag(DIGEST, 'host/test:1');
      const container = containers.run({image: 'host/test:1'});
      container.kill();

      assert.equal((await container.exited).code, 137);
      assert.match((await commands()).at(-1) ?? '', /^rm --force millrace-/);
    });
  });
});
