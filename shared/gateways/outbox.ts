import type {DocumentSnapshot, Firestore} from '@google-cloud/firestore';
import {z} from 'zod';
import {TOPICS} from '../domain/notifications.ts';
import type {Outbox, OutboxRow} from '../upkeep-ports.ts';
import {expiresAfter} from './expiry.ts';
import type {Publisher} from './publisher.ts';
import {must} from './service-error.ts';
import {timestampSchema} from './timestamp.ts';

const rowSchema = z.object({
  topic: z.enum(TOPICS),
  body: z.record(z.string(), z.unknown()),
});

const pendingSchema = z.object({pendingSince: timestampSchema});

/** The outbox as the gateway of runs needs it, which stores the rows. */
export interface RunOutbox extends Outbox {
  /** Publishes what a run still has to announce. */
  relay(runId: string): Promise<void>;
}

/**
 * Firestore behind the {@link Outbox} port: `outbox/{run}:{rev}`. Only an unpublished row has `pendingSince`,
 * so that one field finds the oldest of them, and only a published one expires.
 */
export function outboxGateway(firestore: () => Promise<Firestore>, publisher: Publisher): RunOutbox {
  async function publish({id, topic, body}: OutboxRow): Promise<void> {
    const {FieldValue} = await import('@google-cloud/firestore');
    const row = (await firestore()).collection('outbox').doc(id);
    await publisher(topic, body, {eventId: id});
    const published = {pendingSince: FieldValue.delete(), ...(await expiresAfter(Date.now()))};
    await must(`marking ${id} as published`, () => row.update(published));
  }

  return {
    publish,
    async stale(olderThanMs, limit) {
      const oldest = (await firestore()).collection('outbox').orderBy('pendingSince').limit(limit);
      const found = await must('reading the outbox', () => oldest.get());
      const latest = found.readTime.toMillis() - olderThanMs;
      return found.docs.filter((row) => (pendingSinceMs(row) ?? latest) <= latest).map(rowOf);
    },
    async relay(runId) {
      const rows = (await firestore()).collection('outbox').where('runId', '==', runId);
      const found = await must(`reading the outbox of run ${runId}`, () => rows.get());
      for (const row of found.docs.filter((stored) => pendingSinceMs(stored) !== undefined)) {
        await publish(rowOf(row));
      }
    },
  };
}

function pendingSinceMs(row: DocumentSnapshot): number | undefined {
  return pendingSchema.safeParse(row.data()).data?.pendingSince.toMillis();
}

function rowOf(row: DocumentSnapshot): OutboxRow {
  return {id: row.id, ...rowSchema.parse(row.data())};
}
