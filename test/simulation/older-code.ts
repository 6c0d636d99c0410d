import type {Run, RunFacts} from '../../shared/domain/run.ts';
import type {Ports} from '../../shared/ports.ts';

/**
 * The ports as an instance of an earlier version uses them: it neither writes nor sees what runs have learned to note since. All of
 * that is optional, which is what lets two versions work on one run during a deployment.
 */
export function olderCode(ports: Ports): Ports {
  const {runs} = ports;
  return {
    ...ports,
    runs: {
      ...runs,
      async find(id) {
        const run = await runs.find(id);
        return run && forgetful(run);
      },
      list: async (filter) => (await runs.list(filter)).map(forgetful),
      newestReleased: async (pipeline) => {
        const run = await runs.newestReleased(pipeline);
        return run && forgetful(run);
      },
      waitingForImage: async (tag) => (await runs.waitingForImage(tag)).map(forgetful),
      advance: (id, to, facts = {}, announce) => runs.advance(id, to, forgetful(facts), announce),
    },
  };
}

function forgetful<Facts extends RunFacts | Run>(facts: Facts): Facts {
  const {baseline: _baseline, ended: _ended, ...known} = facts;
  const older = {...known};
  if (known.split !== undefined) older.split = {...known.split, warnings: undefined};
  if (known.tuning !== undefined) older.tuning = {...known.tuning, search: undefined, why: undefined};
  if (known.release !== undefined) older.release = {...known.release, decision: undefined};
  return older as Facts;
}
