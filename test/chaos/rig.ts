import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {setTimeout as delay} from 'node:timers/promises';
import {buildFunctions} from '../../cli/build-functions.ts';
import {freePort} from '../../local/free-port.ts';
import {foldersOf, type Hit, type Order} from './agent/orders.ts';

const AGENT = new URL('./agent/agent.ts', import.meta.url).href;
const CLOUD = new URL('./cloud-process.ts', import.meta.url);
/** What a killed cloud has started goes on for so long, as a machine does that is cut off. */
const CUT_OFF_MS = 300;

/** A whole project in processes that can be hit: the local cloud in one, each function in one of its own. */
export interface Rig {
  /** For scratch files. */
  readonly folder: string;
  /** By which clients find the cloud; it keeps its address when it is started again. */
  readonly env: Readonly<Record<string, string>>;
  order(orders: readonly Order[]): Promise<void>;
  /** Takes back what nobody has carried out. */
  withdraw(): Promise<void>;
  hits(): Promise<Hit[]>;
  /** Of the process that a service runs in, as far as known. */
  pid(service: string): Promise<number | undefined>;
  /** How often the cloud was started. */
  readonly starts: number;
  close(): Promise<void>;
}

interface RigOptions {
  /** How much faster time runs, for the cloud and the functions alike. */
  readonly factor: number;
  /** Added to the environment of the functions. */
  readonly functionEnv: Readonly<Record<string, string>>;
}

export async function startRig({factor, functionEnv}: RigOptions): Promise<Rig> {
  await buildFunctions();
  const folder = await mkdtemp(join(tmpdir(), 'millrace-chaos-'));
  const {orders, hits} = foldersOf(folder);
  const pids = join(folder, 'pids');
  await Promise.all([orders, hits, pids].map((path) => mkdir(path)));
  const state = join(folder, 'cloud');
  const common = {
    CHAOS_FOLDER: folder,
    CHAOS_SINCE_MS: String(Date.now()),
    CHAOS_FACTOR: String(factor),
  };
  const cloudEnv = {
    ...process.env,
    ...common,
    CHAOS_STATE: state,
    CHAOS_PORT: String(await freePair()),
    CHAOS_FUNCTIONS: JSON.stringify({...common, ...functionEnv, NODE_OPTIONS: `--import=${AGENT}`}),
  };
  let isClosing = false;
  let starts = 0;
  let cloud: ChildProcess;

  async function start(): Promise<Record<string, string>> {
    starts += 1;
    cloud = fork(CLOUD, {env: cloudEnv, execArgv: ['--import', AGENT], stdio: 'inherit', detached: true});
    cloud.once('exit', () => void restart());
    const [env] = await once(cloud, 'message');
    return env as Record<string, string>;
  }

  async function restart(): Promise<void> {
    if (isClosing) return;
    await delay(CUT_OFF_MS);
    endStarted(state);
    await start();
  }

  const env = await start();
  return {
    folder,
    env,
    get starts() {
      return starts;
    },
    async order(all) {
      for (const order of all) {
        const draft = join(folder, order.id);
        await writeFile(draft, JSON.stringify(order));
        await rename(draft, join(orders, `${order.service}.${order.id}`));
      }
    },
    async withdraw() {
      for (const file of await readdir(orders)) await rm(join(orders, file), {force: true});
    },
    async hits() {
      const files = await readdir(hits);
      const texts = await Promise.all(files.map((file) => readFile(join(hits, file), 'utf8')));
      return texts.map((text) => JSON.parse(text) as Hit);
    },
    async pid(service) {
      const file = join(pids, service);
      return existsSync(file) ? Number(await readFile(file, 'utf8')) : undefined;
    },
    async close() {
      isClosing = true;
      const exited = once(cloud, 'exit');
      cloud.disconnect();
      await exited;
      endStarted(state);
      await rm(folder, {recursive: true});
    },
  };
}

/** A free port whose next one is free as well: gRPC takes that. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const next = createServer().listen(port + 1, '127.0.0.1');
    const isFree = await once(next, 'listening').then(
      () => true,
      () => false,
    );
    next.close();
    if (isFree) return port;
  }
}

/** Ends the containers and functions of a cloud that is gone. It does so itself by their starting time, but its clock is not the machine's. */
function endStarted(state: string): void {
  const db = new DatabaseSync(join(state, 'state.db'), {readOnly: true});
  const rows = db.prepare("select key from entry where collection like '%.processes'").all();
  db.close();
  for (const {key} of rows) {
    try {
      process.kill(-Number(key), 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}
