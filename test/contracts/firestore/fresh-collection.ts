import {randomUUID} from 'node:crypto';
import type {CollectionReference, DocumentData, Firestore, Query} from '@google-cloud/firestore';

/** A collection that no other case uses. */
export function freshCollection(firestore: Firestore): CollectionReference {
  return firestore.collection(`c-${randomUUID()}`);
}

/** Writes the documents under their keys. */
export async function fill(
  collection: CollectionReference,
  documents: Record<string, DocumentData>,
): Promise<void> {
  const batch = collection.firestore.batch();
  for (const [id, data] of Object.entries(documents)) batch.set(collection.doc(id), data);
  await batch.commit();
}

/** The ids that a query finds, in its order. */
export async function idsOf(query: Query): Promise<string[]> {
  const {docs} = await query.get();
  return docs.map(({id}) => id);
}
