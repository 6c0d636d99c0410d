import {runIdOf} from '../domain/ids.ts';
import {classifyObject} from '../domain/object-name.ts';
import type {ListedObject} from '../object-ports.ts';
import type {Ports} from '../ports.ts';

/** Its event may still be on the way. */
const YOUNG_MS = 5 * 60_000;

type InventoryPorts = Pick<Ports, 'objects' | 'runs' | 'inventory' | 'messages' | 'buckets'>;

/**
 * Compares one page of the data bucket with the runs, and tells of objects whose event never came.
 * @param at the clock and the place that the inventory has got to
 */
export async function takeInventory(
  {objects, runs, inventory, messages, buckets}: InventoryPorts,
  at: {readonly nowMs: number; readonly after: string | undefined},
  limit: number,
): Promise<{listed: number; found: number}> {
  const page = await objects.list(buckets.data, at.after, limit);
  const expected = new Map(
    page.filter((object) => startsRun(object, at.nowMs)).map((object) => [runOf(object), object]),
  );
  const missing = await runs.missing([...expected.keys()]);
  for (const id of missing) {
    const object = expected.get(id);
    if (object !== undefined) await messages.dataReady(object);
  }
  await inventory.move(page.length < limit ? undefined : page.at(-1)?.name);
  return {listed: page.length, found: missing.length};
}

/** Is this an object that must have a run by now? */
function startsRun({name, sizeBytes, createdAtMs}: ListedObject, nowMs: number): boolean {
  return classifyObject(name).kind === 'data' && sizeBytes > 0 && createdAtMs <= nowMs - YOUNG_MS;
}

function runOf({bucket, name, generation}: ListedObject): string {
  return runIdOf({bucket, name, generation, epoch: 0});
}
