import assert from 'node:assert/strict';
import fc from 'fast-check';
import {useFakeTimers} from 'sinon';
import {CommitClock} from '../../../local/firestore/commit-clock.ts';

describe('CommitClock', () => {
  it('gives every commit a later time than all before, whatever the system clock does', () => {
    const property = fc.property(fc.array(fc.nat(3), {minLength: 2}), (systemTimesMs) => {
      const timers = useFakeTimers();
      const clock = new CommitClock(500);
      const times = systemTimesMs.flatMap((ms) => {
        timers.setSystemTime(ms);
        return [clock.commitMicros(), clock.commitMicros()];
      });
      timers.restore();

      assert.ok(times.every((time, i) => time > (times[i - 1] ?? 500)));
    });

    fc.assert(property);
  });

  it('commits after every read it has given a time', () => {
    useFakeTimers(1000);
    const clock = new CommitClock(0);

    assert.ok(clock.readMicros() < clock.commitMicros());
  });

  it('reads at the time of the last commit', () => {
    useFakeTimers(1000);
    const clock = new CommitClock(0);

    assert.equal(clock.commitMicros(), clock.readMicros());
  });
});
