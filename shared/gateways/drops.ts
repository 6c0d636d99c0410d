import type {DocumentData, Firestore, Transaction} from '@google-cloud/firestore';
import {z} from 'zod';
import {isOlder} from '../domain/generation.ts';
import {dropIdOf} from '../domain/ids.ts';
import type {RunInput} from '../domain/run.ts';
import type {Drops} from '../upkeep-ports.ts';
import {must} from './service-error.ts';

const dropSchema = z.object({head: z.string()});

/** Firestore behind the {@link Drops} port: `drops/{hash of bucket and name}`. Never deleted: an old event must find it. */
export function dropsGateway(firestore: () => Promise<Firestore>): Drops {
  return {
    async head(object) {
      const document = (await firestore()).collection('drops').doc(dropIdOf(object));
      const snapshot = await must(`reading the newest generation of ${object.name}`, () => document.get());
      return headOf(snapshot.data());
    },
  };
}

/** The head of a run's object, to be read in the transaction that makes the run. @returns what is left to write there */
export async function headInTransaction(
  transaction: Transaction,
  db: Firestore,
  {bucket, name, generation}: RunInput,
): Promise<{readonly head: string | undefined; readonly move: () => void}> {
  const document = db.collection('drops').doc(dropIdOf({bucket, name}));
  const head = headOf((await transaction.get(document)).data());
  const move = () => {
    if (head === undefined || isOlder(head, generation))
      transaction.set(document, {bucket, name, head: generation});
  };
  return {head, move};
}

function headOf(data: DocumentData | undefined): string | undefined {
  return data === undefined ? undefined : dropSchema.parse(data).head;
}
