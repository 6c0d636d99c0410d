import assert from 'node:assert/strict';
import {RetryableError} from '../../../shared/errors.ts';
import {outboxGateway} from '../../../shared/gateways/outbox.ts';
import {requestsGateway} from '../../../shared/gateways/requests.ts';
import {runsGateway} from '../../../shared/gateways/runs.ts';
import {removeFolder, serveFirestore, stateFolder} from '../../local/firestore/firestore-server.ts';
import {PLACE} from '../../support/memory-ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const INPUT = {bucket: 'data', name: 'roses/data/a.csv', generation: '7', epoch: 0};
const COMPLAINT = {code: 'DATA_EMPTY', message: 'empty'};

describe('what Firestore deletes by itself', () => {
  let folder: string;
  let running: Awaited<ReturnType<typeof serveFirestore>>;
  let isLost = false;

  before(async () => {
    folder = await stateFolder();
    running = await serveFirestore(folder);
  });

  after(async () => {
    await running.close();
    await removeFolder(folder);
  });

  const firestore = async () => running.firestore;

  /** In how many days the documents of a collection expire; undefined for never. */
  async function daysLeft(collection: string): Promise<(number | undefined)[]> {
    const {docs} = await running.firestore.collection(collection).orderBy('__name__').get();
    return docs.map((document) => {
      const at: {toMillis(): number} | undefined = document.get('expireAt');
      return at && Math.round((at.toMillis() - Date.now()) / DAY_MS);
    });
  }

  it('is a request and its caller after 30 days, and never the count of reruns', async () => {
    const requests = requestsGateway(firestore);
    await requests.open({key: 'one', caller: 'me@example.com', bodyDigest: 'd'});
    await requests.epoch('one', INPUT);
    await requests.answer('one', {run: 'r1'});

    assert.deepEqual([await daysLeft('keys'), await daysLeft('callers')], [[30], [30]]);
    assert.deepEqual(await daysLeft('reruns'), [undefined]);
  });

  it('is a notification 30 days after it was published, and none that was not', async () => {
    const outbox = outboxGateway(firestore, async () => {
      if (isLost) throw new RetryableError('the message was lost');
    });
    const runs = runsGateway(firestore, outbox, PLACE);
    for (const id of ['r1', 'r2']) await runs.create({id, pipeline: 'roses', input: INPUT});

    await runs.fail('r1', 'split-data', COMPLAINT);
    isLost = true;
    await assert.rejects(runs.fail('r2', 'split-data', COMPLAINT));

    assert.deepEqual(await daysLeft('outbox'), [30, undefined]);
  });
});
