import {readConfig} from '../../shared/config.ts';
import {isTerminal} from '../../shared/domain/run.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import type {Ports} from '../../shared/ports.ts';
import {moveMessages} from '../emulators/move-messages.ts';
import {settle} from '../support/settle.ts';
import {type Leftovers, readLeftovers} from './ledger.ts';
import {type Rig, startRig} from './rig.ts';
import {Told} from './told.ts';
import {Workload} from './workload.ts';

/** Nothing goes on any more, and nothing was lost on the way. */
const NOTHING_LEFT: Leftovers = {permits: [], outbox: 0, jobsUnderWay: 0, deadLetters: 0};

/** A rig with clients, pipelines and somebody who listens. */
export interface Scene {
  readonly rig: Rig;
  /** Of the local cloud. */
  readonly url: string;
  readonly ports: Ports;
  readonly told: Told;
  readonly workload: Workload;
  /** Waits until all runs have ended, however. */
  ended(runIds: readonly string[], limitMs: number): Promise<void>;
  /** Waits until nothing is left over. */
  quiet(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

interface SceneOptions {
  /** How many pipelines there are. */
  readonly size: number;
  /** How much faster time runs. */
  readonly factor: number;
  /** In the place of the local services; their time cannot run faster. */
  readonly emulators?: {readonly firestore: string; readonly pubsub: string};
}

export async function setScene({size, factor, emulators}: SceneOptions): Promise<Scene> {
  const environment = {...process.env};
  const hosts = emulators && {
    FIRESTORE_EMULATOR_HOST: emulators.firestore,
    PUBSUB_EMULATOR_HOST: emulators.pubsub,
  };
  const rig = await startRig({factor, functionEnv: hosts ?? {}});
  Object.assign(process.env, rig.env, hosts);
  const ports = googleCloud(readConfig(process.env));
  const url = rig.env.STORAGE_EMULATOR_HOST ?? '';
  const stopMoving = emulators && (await moveMessages(url, emulators.pubsub));
  const told = await Told.subscribe({
    vertex: url,
    pubsub: emulators === undefined ? url : `http://${emulators.pubsub}`,
  });
  return {
    rig,
    url,
    ports,
    told,
    workload: new Workload(rig.folder, ports, size),
    ended: (runIds, limitMs) =>
      settle(async () => {
        const runs = await Promise.all(runIds.map((id) => ports.runs.find(id)));
        const open = runs.filter((run) => run === undefined || !isTerminal(run.state));
        return open.length === 0 ? undefined : open.map((run) => `${run?.id} ${run?.state}`).join(', ');
      }, limitMs),
    quiet: (limitMs) =>
      settle(async () => {
        const left = JSON.stringify(await readLeftovers(ports, told));
        return left === JSON.stringify(NOTHING_LEFT) ? undefined : left;
      }, limitMs),
    async close() {
      await rig.close();
      await stopMoving?.();
      process.env = environment;
    },
  };
}
