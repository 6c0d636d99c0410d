import type {Ports} from '../ports.ts';
import {inTurn} from './in-turn.ts';

/** Whoever stores a notification publishes it at once; one that is older was left behind. */
const STALE_AFTER_MS = 60_000;

/** Publishes the notifications that a crash left in the outbox. @returns how many */
export async function publishOutbox(
  {outbox}: Pick<Ports, 'outbox'>,
  limit: number,
): Promise<{published: number}> {
  const rows = await outbox.stale(STALE_AFTER_MS, limit);
  await inTurn(rows, (row) => outbox.publish(row));
  return {published: rows.length};
}
