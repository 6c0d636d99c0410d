import type {Firestore} from '@google-cloud/firestore';
import {z} from 'zod';
import type {Inventory} from '../upkeep-ports.ts';
import {must} from './service-error.ts';

const cursorSchema = z.object({after: z.string().optional()});

/** Firestore behind the {@link Inventory} port: `sweeps/inventory`. */
export function inventoryGateway(firestore: () => Promise<Firestore>): Inventory {
  const document = async () => (await firestore()).collection('sweeps').doc('inventory');
  return {
    async read() {
      const reference = await document();
      const snapshot = await must('reading where the inventory is', () => reference.get());
      const {after} = cursorSchema.parse(snapshot.data() ?? {});
      return {after, nowMs: snapshot.readTime.toMillis()};
    },
    async move(after) {
      const reference = await document();
      await must('noting where the inventory is', () => reference.set(after === undefined ? {} : {after}));
    },
  };
}
