import assert from 'node:assert/strict';
import {runIdOf} from '../../shared/domain/ids.ts';
import type {Ports} from '../../shared/ports.ts';
import type {OutboxRow} from '../../shared/upkeep-ports.ts';

const COMPLAINT = {code: 'DATA_EMPTY', message: 'empty'};

export interface OutboxWorld {
  readonly ports: Pick<Ports, 'runs' | 'outbox'>;
  /** Makes the next publication fail. */
  readonly lose: () => void;
  close(): Promise<void>;
}

/** What every implementation of the outbox promises. */
export function outboxContract(name: string, start: () => Promise<OutboxWorld>): void {
  describe(`the outbox on ${name}`, () => {
    let world: OutboxWorld;
    let drops = 0;

    before(async () => {
      world = await start();
    });

    after(() => world.close());

    /** A run whose end was stored and could not be told. */
    async function untold(): Promise<string> {
      const {ports, lose} = world;
      const input = {bucket: 'b', name: `roses/data/${drops++}.csv`, generation: '7', epoch: 0};
      const id = runIdOf(input);
      await ports.runs.create({id, pipeline: 'roses', input});
      lose();
      await assert.rejects(ports.runs.fail(id, 'split-data', COMPLAINT), {name: 'RetryableError'});
      return id;
    }

    async function stale(runId: string, olderThanMs = 0): Promise<OutboxRow[]> {
      const rows = await world.ports.outbox.stale(olderThanMs, 100);
      return rows.filter(({id}) => id.startsWith(runId));
    }

    it('keeps what was stored with a move and not published, under an id that follows from the move', async () => {
      const id = await untold();

      assert.equal((await world.ports.runs.find(id))?.state, 'failed');
      const [row, ...others] = await stale(id);
      assert.deepEqual([row?.id, row?.topic, others], [`${id}:2`, 'run-failed', []]);
      assert.deepEqual([row?.body.runId, row?.body.pipeline, row?.body.code], [id, 'roses', 'DATA_EMPTY']);
    });

    it('forgets what it has published', async () => {
      const id = await untold();
      const [row] = await stale(id);

      await world.ports.outbox.publish(row!);

      assert.deepEqual(await stale(id), []);
    });

    it('publishes again when the move is made again', async () => {
      const id = await untold();

      await world.ports.runs.fail(id, 'split-data', COMPLAINT);

      assert.deepEqual(await stale(id), []);
    });

    it('does not call a row stale that is younger than asked for', async () => {
      const id = await untold();

      assert.deepEqual(await stale(id, 3_600_000), []);
    });

    it('gives no more rows than asked for, the oldest first', async () => {
      const older = await untold();
      await untold();
      const [first] = await stale(older);
      for (const row of await world.ports.outbox.stale(0, 100)) {
        if (row.id === first?.id) break;
        await world.ports.outbox.publish(row);
      }

      assert.deepEqual(await world.ports.outbox.stale(0, 1), [first]);
    });
  });
}
