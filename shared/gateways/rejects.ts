import type {Firestore} from '@google-cloud/firestore';
import {z} from 'zod';
import {complaintOf} from '../errors.ts';
import type {Runs} from '../ports.ts';
import {must} from './service-error.ts';
import {timestampSchema} from './timestamp.ts';

const rejectSchema = z.object({
  source: z.string(),
  count: z.number(),
  complaint: z.object({
    code: z.string(),
    message: z.string(),
    where: z.string().optional(),
    hint: z.string().optional(),
  }),
  lastSeen: timestampSchema,
});

/** `rejects/{id}`: events and objects that cannot become a run. */
export function rejectsGateway(firestore: () => Promise<Firestore>): Pick<Runs, 'reject' | 'listRejects'> {
  return {
    async reject(id, {source, complaint}) {
      const db = await firestore();
      const {FieldValue} = await import('@google-cloud/firestore');
      const document = {
        source,
        complaint: complaintOf(complaint),
        count: FieldValue.increment(1),
        lastSeen: FieldValue.serverTimestamp(),
      };
      await must(`recording reject ${id}`, () =>
        db.collection('rejects').doc(id).set(document, {merge: true}),
      );
    },
    async listRejects(limit) {
      const query = (await firestore()).collection('rejects').orderBy('lastSeen', 'desc').limit(limit);
      const found = await must('listing rejects', () => query.get());
      return found.docs.map((doc) => {
        const {source, count, complaint, lastSeen} = rejectSchema.parse(doc.data());
        return {
          id: doc.id,
          source,
          count,
          complaint: complaintOf(complaint),
          lastSeen: lastSeen.toDate().toISOString(),
        };
      });
    },
  };
}
