import assert from 'node:assert/strict';
import {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Ports} from '../../shared/ports.ts';

const IMAGE = {tag: 'src-1', uri: 'registry/trainer:src-1', reused: false};

/** What every implementation of the ports promises, whatever is behind it. `start` gives ports on an empty project. */
export function portsContract(
  name: string,
  start: () => Promise<{ports: Ports; close(): Promise<void>}>,
): void {
  describe(`the ports on ${name}`, () => {
    let ports: Ports;
    let close: () => Promise<void>;
    let drops = 0;

    before(async () => {
      ({ports, close} = await start());
    });

    after(() => close());

    async function newRun(pipeline = 'flowers') {
      const input = {
        bucket: 'b',
        name: `flowers/data/${drops++}.csv`,
        generation: '1795443919299000',
        epoch: 0,
      };
      const id = runIdOf(input);
      assert.equal(await ports.runs.create({id, pipeline, input}), true);
      return {id, input};
    }

    describe('runs', () => {
      it('are created once', async () => {
        const {id, input} = await newRun();

        assert.equal(await ports.runs.create({id, pipeline: 'other', input}), false);
        const run = await ports.runs.find(id);
        assert.deepEqual(
          [run?.pipeline, run?.state, run?.rev, run?.input],
          ['flowers', 'received', 1, input],
        );
        assert.ok(Number.isFinite(Date.parse(run?.createdAt ?? '')));
      });

      it('are undefined when nobody made them', async () => {
        assert.equal(await ports.runs.find('r0'), undefined);
      });

      it('move forward and remember when', async () => {
        const {id} = await newRun();

        assert.equal(await ports.runs.advance(id, 'splitting'), 'moved');

        const run = await ports.runs.find(id);
        assert.deepEqual(
          [run?.state, run?.rev, run?.history.map(({state}) => state)],
          ['splitting', 2, ['splitting']],
        );
      });

      it('keep the facts of earlier moves', async () => {
        const {id} = await newRun();
        await ports.runs.advance(id, 'splitting');
        await ports.runs.advance(id, 'split');
        await ports.runs.advance(id, 'building', {image: IMAGE});
        await ports.runs.advance(id, 'built');

        assert.deepEqual((await ports.runs.find(id))?.image, IMAGE);
      });

      it('answer a move that was made with "already" and change nothing', async () => {
        const {id} = await newRun();
        await ports.runs.advance(id, 'splitting');
        const before = await ports.runs.find(id);

        assert.equal(await ports.runs.advance(id, 'splitting', {tuning: {job: 'j'}}), 'already');
        assert.deepEqual(await ports.runs.find(id), before);
      });

      it('move once when two deliveries move them at the same time', async () => {
        const {id} = await newRun();

        const moves = await Promise.all([1, 2, 3].map(() => ports.runs.advance(id, 'splitting')));

        assert.deepEqual(moves.toSorted(), ['already', 'already', 'moved']);
        assert.equal((await ports.runs.find(id))?.rev, 2);
      });

      it('refuse to jump over states', async () => {
        const {id} = await newRun();

        await assert.rejects(ports.runs.advance(id, 'tuning'), {code: 'ILLEGAL_MOVE'});
      });

      it('refuse moves of a run that is not there', async () => {
        await assert.rejects(ports.runs.advance('r0', 'splitting'), {code: 'NO_SUCH_RUN'});
      });

      it('end with their failure and never move again', async () => {
        const {id} = await newRun();
        const complaint = {code: 'DATA_EMPTY', message: 'empty', hint: 'upload again'};
        const cost = {tuning: {hours: 2, dollars: 0.5}};

        await ports.runs.fail(id, 'split-data', complaint, cost);
        await ports.runs.fail(id, 'other', {code: 'LATER', message: 'later'}, {});

        const run = await ports.runs.find(id);
        assert.deepEqual([run?.state, run?.failure], ['failed', {stage: 'split-data', ...complaint}]);
        assert.deepEqual(run?.cost, cost);
        assert.equal(await ports.runs.advance(id, 'splitting'), 'already');
      });

      it('carry the last trouble until they move', async () => {
        const {id} = await newRun();
        await ports.runs.trouble(id, 'split-data', 'no answer');
        const {stage, message} = (await ports.runs.find(id))?.trouble ?? {};
        assert.deepEqual([stage, message], ['split-data', 'no answer']);

        await ports.runs.advance(id, 'splitting');

        assert.equal((await ports.runs.find(id))?.trouble, undefined);
      });

      it('note every word about them in their revision', async () => {
        const {id} = await newRun();

        await ports.runs.trouble(id, 'split-data', 'no answer');

        assert.equal((await ports.runs.find(id))?.rev, 2);
      });

      it('are asked to end once, and remember who asked', async () => {
        const {id} = await newRun();

        const answers = await Promise.all(
          ['ann', 'ann'].map((by) => ports.runs.requestCancel(id, {by, reason: 'wrong file'})),
        );

        assert.deepEqual(answers.toSorted(), ['already', 'requested']);
        const run = await ports.runs.find(id);
        assert.deepEqual(
          [run?.state, run?.rev, run?.cancelRequested?.by, run?.cancelRequested?.reason],
          ['received', 2, 'ann', 'wrong file'],
        );
        assert.ok(Number.isFinite(Date.parse(run?.cancelRequested?.at ?? '')));
      });

      it('that shall be cancelled only become cancelled', async () => {
        const {id} = await newRun();
        await ports.runs.requestCancel(id, {by: 'ann', reason: 'wrong file'});

        assert.equal(await ports.runs.advance(id, 'splitting'), 'cancelling');
        await ports.runs.fail(id, 'split-data', {code: 'DATA_EMPTY', message: 'empty'});
        assert.equal((await ports.runs.find(id))?.state, 'received');
        assert.equal(await ports.runs.advance(id, 'cancelled'), 'moved');
        assert.equal((await ports.runs.find(id))?.failure, undefined);
      });

      it('that have ended or are not there cannot be asked to end', async () => {
        const {id} = await newRun();
        await ports.runs.advance(id, 'superseded');

        assert.equal(await ports.runs.requestCancel(id, {by: 'ann', reason: 'late'}), 'ended');
        assert.equal((await ports.runs.find(id))?.cancelRequested, undefined);
        await assert.rejects(ports.runs.requestCancel('r0', {by: 'ann', reason: 'x'}), {code: 'NO_SUCH_RUN'});
      });

      it('take no trouble for a run that is not there', async () => {
        await ports.runs.trouble('r0', 'split-data', 'no answer');

        assert.equal(await ports.runs.find('r0'), undefined);
      });
    });

    it('count how often a reject was seen', async () => {
      const complaint = {code: 'OBJECT_UNKNOWN', message: 'what is it', where: 'gs://b/x'};

      await ports.runs.reject('x1', {source: 'gs://b/x', complaint});
      await ports.runs.reject('x1', {source: 'gs://b/x', complaint});

      const [reject] = await ports.runs.listRejects(1);
      assert.deepEqual(
        [reject?.id, reject?.count, reject?.source, reject?.complaint],
        ['x1', 2, 'gs://b/x', complaint],
      );
      assert.ok(Number.isFinite(Date.parse(reject?.lastSeen ?? '')));
    });

    describe('objects', () => {
      it('come back as they were written', async () => {
        const {runs: bucket} = ports.buckets;

        const written = await ports.objects.create(
          bucket,
          'a/b.txt',
          Readable.from([Buffer.from('hel'), Buffer.from('lo')]),
        );

        assert.deepEqual(await ports.objects.find(bucket, 'a/b.txt'), written);
        assert.deepEqual([written.sizeBytes, written.crc32c], [5, 'mnG7TA==']);
        assert.equal(await ports.objects.readText(written), 'hello');
        assert.equal(await text(await ports.objects.read(written)), 'hello');
        assert.equal(
          await ports.objects.sha256(written),
          '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
        );
      });

      it('are written again with the same bytes as if for the first time', async () => {
        const first = await ports.objects.create(ports.buckets.runs, 'twice.txt', 'same');

        assert.deepEqual(
          await ports.objects.create(ports.buckets.runs, 'twice.txt', Readable.from(['sa', 'me'])),
          first,
        );
      });

      it('refuse other bytes under a name that is taken', async () => {
        await ports.objects.create(ports.buckets.runs, 'taken.txt', 'mine');

        await assert.rejects(ports.objects.create(ports.buckets.runs, 'taken.txt', 'yours'), {
          code: 'INTEGRITY',
        });
      });

      it('are not there before, or under another generation', async () => {
        const {generation} = await ports.objects.put(ports.buckets.data, 'x.txt', 'x');

        assert.equal(await ports.objects.find(ports.buckets.data, 'none.txt'), undefined);
        assert.equal((await ports.objects.find(ports.buckets.data, 'x.txt', generation))?.sizeBytes, 1);
        assert.equal(await ports.objects.find(ports.buckets.data, 'x.txt', '1'), undefined);
      });

      it('are listed by name, page by page, with the time of their making', async () => {
        const {data: bucket} = ports.buckets;
        for (const name of ['list/b', 'list/a', 'list/b0', 'list/c'])
          await ports.objects.put(bucket, name, 'x');

        const first = await ports.objects.list(bucket, 'list/', 2);
        const second = await ports.objects.list(bucket, 'list/b', 2);

        assert.deepEqual(
          [...first, ...second].map(({name}) => name),
          ['list/a', 'list/b', 'list/b0', 'list/c'],
        );
        const {createdAtMs, ...info} = first[0]!;
        assert.deepEqual(info, await ports.objects.find(bucket, 'list/a'));
        assert.ok(createdAtMs > 0);
        assert.deepEqual(await ports.objects.list(bucket, 'zzz', 2), []);
      });

      it('are gone once replaced', async () => {
        const old = await ports.objects.put(ports.buckets.data, 'y.txt', 'old');
        await ports.objects.put(ports.buckets.data, 'y.txt', 'new');

        await assert.rejects(async () => text(await ports.objects.read(old)), {code: 'INPUT_GONE'});
      });
    });
  });
}
