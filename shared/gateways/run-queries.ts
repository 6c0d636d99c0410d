import type {Firestore} from '@google-cloud/firestore';
import type {Run} from '../domain/run.ts';
import type {Runs} from '../ports.ts';
import {runOf} from './run-document.ts';
import {must} from './service-error.ts';

/** What the {@link Runs} port only reads. */
export function runQueriesGateway(
  firestore: () => Promise<Firestore>,
): Pick<
  Runs,
  'find' | 'list' | 'newestReleased' | 'newestSearch' | 'releases' | 'waitingForImage' | 'missing'
> {
  const runs = async () => (await firestore()).collection('runs');

  async function newestWith(pipeline: string, field: string, value: string): Promise<Run | undefined> {
    const newest = (await runs()).orderBy('createdAt', 'desc').limit(1);
    const query = newest.where('pipeline', '==', pipeline).where(field, '==', value);
    const {docs} = await must(`finding the newest run of ${pipeline} by ${field}`, () => query.get());
    return docs[0] && runOf(docs[0].data());
  }

  return {
    async find(id) {
      const collection = await runs();
      const snapshot = await must(`reading run ${id}`, () => collection.doc(id).get());
      const data = snapshot.data();
      return data && runOf(data);
    },
    async list({pipeline, limit}) {
      const newest = (await runs()).orderBy('createdAt', 'desc').limit(limit);
      const query = pipeline === undefined ? newest : newest.where('pipeline', '==', pipeline);
      const found = await must('listing runs', () => query.get());
      return found.docs.map((doc) => runOf(doc.data()));
    },
    newestReleased: (pipeline) => newestWith(pipeline, 'state', 'released'),
    newestSearch: (pipeline, search) => newestWith(pipeline, 'tuning.search', search),
    async releases(pipeline) {
      const query = (await runs())
        .where('state', 'in', ['released', 'canary'])
        .where('pipeline', '==', pipeline);
      const found = await must(`finding the releases of ${pipeline}`, () => query.get());
      return found.docs.map((doc) => runOf(doc.data()));
    },
    async waitingForImage(tag) {
      const query = (await runs()).where('state', 'in', ['building', 'built']).where('image.tag', '==', tag);
      const found = await must(`finding runs that wait for image ${tag}`, () => query.get());
      return found.docs.map((doc) => runOf(doc.data()));
    },
    async missing(ids) {
      const collection = await runs();
      if (ids.length === 0) return [];
      const references = ids.map((id) => collection.doc(id));
      const found = await must('looking for runs', () =>
        collection.firestore.getAll(...references, {fieldMask: ['state']}),
      );
      return found.filter(({exists}) => !exists).map(({id}) => id);
    },
  };
}
