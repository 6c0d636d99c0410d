import {RetryableError} from '../shared/errors.ts';
import type {HttpFunction} from '../shared/handle-http.ts';
import type {Ports} from '../shared/ports.ts';
import {checkPermits} from '../shared/sweep/check-permits.ts';
import {checkRuns} from '../shared/sweep/check-runs.ts';
import {endStrayJobs} from '../shared/sweep/end-stray-jobs.ts';
import {publishOutbox} from '../shared/sweep/publish-outbox.ts';
import {takeInventory} from '../shared/sweep/take-inventory.ts';

/** How many things one chore of one pass looks at: what is left over, the next pass does. */
const LIMIT = 200;

/**
 * Called every minute: repairs what a crash or a lost message has left. Every chore only sends again, or takes back what nobody
 * needs, so two passes at the same time do no harm. A chore that fails does not keep the others from their work.
 */
export const sweep: HttpFunction<Ports> = {
  name: 'sweep',
  methods: ['POST'],

  async answer(_request, ports) {
    const {after, nowMs} = await ports.inventory.read();
    const results = await Promise.allSettled([
      publishOutbox(ports, LIMIT),
      checkRuns(ports, {nowMs, limit: LIMIT}),
      endStrayJobs(ports, nowMs),
      checkPermits(ports),
      takeInventory(ports, {nowMs, after}, LIMIT),
    ]);
    const counts = {};
    for (const result of results) {
      if (result.status === 'rejected') {
        throw new RetryableError('a chore failed; the next pass tries again', result.reason);
      }
      Object.assign(counts, result.value);
    }
    return {status: 200, body: counts, log: counts};
  },
};
