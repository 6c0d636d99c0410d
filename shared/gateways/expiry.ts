import type {DocumentData} from '@google-cloud/firestore';

/** Long enough for any repeat and any look back. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * The field that has Firestore delete a document once it is of no use any more, within days after that: infra/firestore.tf.
 * @see https://cloud.google.com/firestore/docs/ttl
 */
export async function expiresAfter(nowMs: number): Promise<DocumentData> {
  const {Timestamp} = await import('@google-cloud/firestore');
  return {expireAt: Timestamp.fromMillis(nowMs + KEPT_MS)};
}
