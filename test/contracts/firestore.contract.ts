import type {Firestore} from '@google-cloud/firestore';
import {aggregationContract} from './firestore/aggregations.ts';
import {documentContract} from './firestore/documents.ts';
import {listeningContract} from './firestore/listening.ts';
import {listingContract} from './firestore/listing.ts';
import {modelContract} from './firestore/models.ts';
import {orderContract} from './firestore/orders.ts';
import {preconditionContract} from './firestore/preconditions.ts';
import {queryContract} from './firestore/queries.ts';
import {queryRefusalContract} from './firestore/query-refusals.ts';
import {transactionContract} from './firestore/transactions.ts';
import {transformContract} from './firestore/transforms.ts';
import {validationContract} from './firestore/validation.ts';

/** A database to try, empty or not: every case works in collections of its own. */
export interface StartedFirestore {
  readonly firestore: Firestore;
  close(): Promise<void>;
}

const PARTS = [
  documentContract,
  preconditionContract,
  validationContract,
  transformContract,
  queryContract,
  orderContract,
  queryRefusalContract,
  aggregationContract,
  listingContract,
  listeningContract,
  transactionContract,
  modelContract,
];

/** What Firestore promises to the Node client, as cases that any server of its protocol must pass. */
export function firestoreContract(name: string, start: () => Promise<StartedFirestore>): void {
  describe(`Firestore on ${name}`, () => {
    let started: StartedFirestore | undefined;
    const firestore = () => {
      if (started === undefined) throw new Error('Firestore is not started');
      return started.firestore;
    };

    before(async () => {
      started = await start();
    });

    after(() => started?.close());

    for (const part of PARTS) part(firestore);
  });
}
