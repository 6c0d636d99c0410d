import type {Hit} from './agent/orders.ts';
import {attend} from './attend.ts';
import {type RunLedger, readLedgers} from './ledger.ts';
import type {Scene} from './scene.ts';
import type {Trouble} from './variants.ts';

export const NO_TROUBLE: Trouble = {orders: [], blows: []};

interface Round {
  readonly number: number;
  readonly trouble: Trouble;
  /** How long the runs, and after them what is left over, may take. */
  readonly limitMs: number;
  /** Takes up who was hit, also when the round fails. */
  readonly hits: Hit[];
}

/** Drops one file into each pipeline, brings the trouble, and waits until nothing goes on any more. */
export async function playRound(scene: Scene, {number, trouble, limitMs, hits}: Round): Promise<RunLedger[]> {
  const {workload, ports, told} = scene;
  await workload.push(number);
  const runIds = await workload.drop(number);
  const troubles = attend(scene.rig, trouble);
  try {
    await scene.ended(runIds, limitMs);
  } finally {
    hits.push(...(await troubles.stop()));
  }
  await scene.quiet(limitMs);
  return readLedgers(runIds, ports, told);
}
