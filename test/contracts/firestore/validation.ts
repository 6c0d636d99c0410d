import assert from 'node:assert/strict';
import type {DocumentData, Firestore} from '@google-cloud/firestore';
import {status} from '@grpc/grpc-js';
import {freshCollection} from './fresh-collection.ts';

const MAX_STRING_BYTES = 1_048_487;

const REFUSED_DOCUMENTS: readonly (readonly [string, DocumentData])[] = [
  ['with a reserved field name', {__name__: 1}],
  ['with a reserved field name in a map', {map: {__x__: 1}}],
  ['with a field name over 1,500 bytes', {['x'.repeat(1501)]: 1}],
  ['with an array in an array', {list: [[1]]}],
  ['with maps 21 deep', nested(21)],
  ['with a string over 1,048,487 bytes', {text: 'x'.repeat(MAX_STRING_BYTES + 1)}],
  ['over 1 MiB', {a: 'x'.repeat(600_000), b: 'x'.repeat(600_000)}],
];

const REFUSED_IDS: readonly (readonly [string, string])[] = [
  ['that is reserved', '__x__'],
  ['that is a dot', '.'],
  ['that is two dots', '..'],
  ['over 1,500 bytes', 'é'.repeat(751)],
];

/** What Firestore does not store, and the largest that it does. */
export function validationContract(firestore: () => Firestore): void {
  describe('validation', () => {
    for (const [what, data] of REFUSED_DOCUMENTS) {
      it(`refuses a document ${what}`, async () => {
        const doc = freshCollection(firestore()).doc('a');

        await assert.rejects(doc.set(data), {code: status.INVALID_ARGUMENT});

        assert.equal((await doc.get()).exists, false);
      });
    }

    for (const [what, id] of REFUSED_IDS) {
      it(`refuses a document id ${what}`, async () => {
        const doc = freshCollection(firestore()).doc(id);

        await assert.rejects(doc.set({a: 1}), {code: status.INVALID_ARGUMENT});
      });
    }

    it('refuses a reserved collection id', async () => {
      const doc = firestore().collection('__x__').doc('a');

      await assert.rejects(doc.set({a: 1}), {code: status.INVALID_ARGUMENT});
    });

    it('stores maps 20 deep', async () => {
      const doc = freshCollection(firestore()).doc('a');

      await doc.set(nested(20));

      assert.deepEqual((await doc.get()).data(), nested(20));
    });

    it('stores a document of almost 1 MiB', async () => {
      const doc = freshCollection(firestore()).doc('a');
      const text = 'x'.repeat(1_048_400);

      await doc.set({text});

      assert.equal((await doc.get()).get('text'), text);
    });

    it('stores ids of any other characters', async () => {
      const doc = freshCollection(firestore()).doc('a b:ü%2F😀');

      await doc.set({a: 1});

      assert.equal((await doc.parent.get()).docs[0]?.id, 'a b:ü%2F😀');
    });
  });
}

/** @returns a document whose innermost field lies `levels` deep */
function nested(levels: number): DocumentData {
  return levels === 0 ? {} : {a: nested(levels - 1)};
}
