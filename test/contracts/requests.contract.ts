import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import {RERUN_LIMIT} from '../../shared/domain/request-limits.ts';
import type {Ports} from '../../shared/ports.ts';

const INPUT = {bucket: 'b', name: 'flowers/data/a.csv', generation: '1795443919299000'};

/** What every implementation of the port promises. `start` gives ports on a project where nothing was asked yet. */
export function requestsContract(name: string, start: () => Promise<Ports>): void {
  describe(`requests on ${name}`, () => {
    let ports: Ports;

    before(async () => {
      ports = await start();
    });

    const open = (key: string, {caller = `${key}@example.com`, bodyDigest = 'one'} = {}) =>
      ports.requests.open({key, caller, bodyDigest});

    it('are new once, however many come at the same time', async () => {
      const opened = await Promise.all(Array.from({length: 20}, () => open('same')));

      const kinds = opened.map(({kind}) => kind).toSorted();
      assert.deepEqual(kinds, [...Array.from({length: 19}, () => 'again'), 'new']);
    });

    it('come back with their answer', async () => {
      await open('answered');
      await ports.requests.answer('answered', {run: 'r1'});

      assert.deepEqual(await open('answered'), {kind: 'answered', answer: {run: 'r1'}});
    });

    it('are told from others under the same key', async () => {
      await open('reused');
      await ports.requests.answer('reused', {run: 'r1'});

      assert.deepEqual(await open('reused', {bodyDigest: 'two'}), {kind: 'other-body'});
    });

    it('are refused when one caller asks too often, who may still repeat', async () => {
      const caller = 'busy@example.com';
      for (let request = 0; request < 10; request++) await open(`busy-${request}`, {caller});

      const refused = await open('busy-10', {caller});

      assert.ok(refused.kind === 'refused');
      assert.ok(refused.retryAfterSeconds > 0 && refused.retryAfterSeconds <= 60);
      assert.equal((await open('busy-9', {caller})).kind, 'again');
      assert.equal((await open('busy-11', {caller: 'calm@example.com'})).kind, 'new');
    });

    it('get epochs of their own, the same one when they ask again', async () => {
      await open('epoch-1');
      await open('epoch-2');
      const epoch = (key: string) => ports.requests.epoch(key, INPUT, RERUN_LIMIT);

      assert.deepEqual(await epoch('epoch-1'), {kind: 'granted', epoch: 1});
      assert.deepEqual(await Promise.all([epoch('epoch-2'), epoch('epoch-2')]), [
        {kind: 'granted', epoch: 2},
        {kind: 'granted', epoch: 2},
      ]);
      assert.deepEqual(await epoch('epoch-1'), {kind: 'granted', epoch: 1});
    });

    it('make runs that begin later, with what they take over', async () => {
      const {runs} = ports;
      const input = {...INPUT, epoch: 1};
      const id = runIdOf(input);
      const image = {tag: 'src-1', uri: 'registry/trainer:src-1', reused: false};

      await runs.create({id, pipeline: 'flowers', input, parent: 'r1', from: 'tune', state: 'built', image});

      const run = await runs.find(id);
      assert.deepEqual(
        [run?.state, run?.parent, run?.from, run?.image, run?.rev],
        ['built', 'r1', 'tune', image, 1],
      );
      assert.equal(await runs.advance(id, 'tuning'), 'moved');
    });

    it('get three epochs of one generation in a day', async () => {
      const input = {...INPUT, generation: '1795443919299999'};
      for (const key of ['daily-1', 'daily-2', 'daily-3', 'daily-4']) await open(key);
      for (const key of ['daily-1', 'daily-2', 'daily-3'])
        await ports.requests.epoch(key, input, RERUN_LIMIT);

      const refused = await ports.requests.epoch('daily-4', input, RERUN_LIMIT);

      assert.ok(refused.kind === 'refused');
      assert.ok(refused.retryAfterSeconds > 86_000 && refused.retryAfterSeconds <= 86_400);
      assert.deepEqual(await ports.requests.epoch('daily-4', INPUT, RERUN_LIMIT), {
        kind: 'granted',
        epoch: 3,
      });
    });

    it('get epochs without a limit that neither count nor are refused', async () => {
      const input = {...INPUT, generation: '1795443919288888'};
      const epoch = async (key: string, limit?: typeof RERUN_LIMIT) => {
        await open(key);
        return ports.requests.epoch(key, input, limit);
      };
      for (const key of ['free-1', 'free-2', 'free-3']) await epoch(key);
      for (const key of ['free-4', 'free-5', 'free-6'])
        assert.equal((await epoch(key, RERUN_LIMIT)).kind, 'granted');

      assert.equal((await epoch('free-7', RERUN_LIMIT)).kind, 'refused');
      assert.deepEqual(await epoch('free-8'), {kind: 'granted', epoch: 7});
    });
  });
}
