import assert from 'node:assert/strict';
import type {BatchJob, BatchPredictions} from '../../shared/batch-ports.ts';

interface Subject {
  readonly batches: BatchPredictions;
  /** A version that can be asked. */
  readonly version: string;
  /** Ends a job well, if it does not by itself. */
  end(job: BatchJob): Promise<void>;
  close(): Promise<void>;
}

const LINES = 'gs://the-data/flowers/batch/rows.jsonl';

/** What every implementation of the BatchPredictions port promises of an object with two instances. */
export function batchesContract(name: string, start: (instancesUri: string) => Promise<Subject>): void {
  describe(`the batch predictions on ${name}`, () => {
    let subject: Subject;

    before(async () => {
      subject = await start(LINES);
    });

    after(() => subject.close());

    const begin = (key: string, version = subject.version) =>
      subject.batches.start({
        key,
        version,
        instancesUri: LINES,
        outputUri: `${LINES}.predictions`,
        machineType: 'n1-standard-2',
      });
    const ended = async ({name: job}: BatchJob): Promise<BatchJob> => {
      for (;;) {
        const found = await subject.batches.find(job);
        assert.ok(found);
        if (found.state !== 'waiting' && found.state !== 'running') return found;
      }
    };

    it('are found by the key and by the name, the newest first', async () => {
      const first = await begin('b-1');
      assert.equal((await subject.batches.findByKey('b-1'))?.name, first.name);
      const second = await begin('b-1');

      assert.notEqual(first.name, second.name);
      assert.equal((await subject.batches.findByKey('b-1'))?.name, second.name);
      assert.equal((await subject.batches.find(first.name))?.name, first.name);
    });

    it('are not there under a key or a name that nothing has', async () => {
      const {name: job} = await begin('b-2');

      assert.equal(await subject.batches.findByKey('b-3'), undefined);
      assert.equal(await subject.batches.find(`${job}0`), undefined);
    });

    it('end with a folder of results and the number of rows', async () => {
      const job = await begin('b-4');
      await subject.end(job);

      const {state, resultsUri = '', rows} = await ended(job);

      assert.deepEqual([state, rows], ['succeeded', {predicted: 2, failed: 0}]);
      assert.ok(resultsUri.startsWith(`${LINES}.predictions/`), resultsUri);
    });

    it('do not begin for a version that is not there', async () => {
      await assert.rejects(begin('b-5', subject.version.replace(/\d+$/, '77')), {code: 'SERVICE_REFUSED'});
      assert.equal(await subject.batches.findByKey('b-5'), undefined);
    });
  });
}
