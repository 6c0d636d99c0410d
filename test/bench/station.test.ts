import assert from 'node:assert/strict';
import fc from 'fast-check';
import {longestLine, passStation} from '../../bench/scale/station.ts';

const UNPACED = {perMinute: Number.POSITIVE_INFINITY};
const MINUTE = 60;

describe('a station', () => {
  it('lets one in after the other where there is room for one', () => {
    const {starts, ends} = passStation(Float64Array.of(0, 1, 2), {
      servers: 1,
      ...UNPACED,
      secondsOf: () => 10,
    });

    assert.deepEqual(
      [[...starts], [...ends]],
      [
        [0, 10, 20],
        [10, 20, 30],
      ],
    );
  });

  it('lets as many in at once as there is room for', () => {
    const {starts} = passStation(Float64Array.of(0, 0, 0), {servers: 2, ...UNPACED, secondsOf: () => 10});

    assert.deepEqual([...starts], [0, 0, 10]);
  });

  it('serves in the order of arrival, not of the list', () => {
    const {starts} = passStation(Float64Array.of(5, 0), {servers: 1, ...UNPACED, secondsOf: () => 10});

    assert.deepEqual([...starts], [10, 0]);
  });

  it('keeps those apart who need the same', () => {
    const needs = {count: 2, of: (index: number) => index % 2};
    const {starts} = passStation(new Float64Array(3), {servers: 9, ...UNPACED, secondsOf: () => 10, needs});

    assert.deepEqual([...starts], [0, 0, 10]);
  });

  it('starts no more in a minute than it may', () => {
    const {starts} = passStation(new Float64Array(5), {servers: 9, perMinute: 2, secondsOf: () => 1});

    assert.deepEqual([...starts], [0, 0, 60, 60, 120]);
  });

  it('knows how long the line was', () => {
    const arrivals = Float64Array.of(0, 1, 2, 40);
    const {starts} = passStation(arrivals, {servers: 1, ...UNPACED, secondsOf: () => 10});

    assert.equal(longestLine(arrivals, starts), 2);
  });

  it('waits as long as theory says: M/D/1 at a load of 0.8', () => {
    const load = 0.8;
    const arrivals = poisson(40_000, load);
    const {starts} = passStation(arrivals, {servers: 1, ...UNPACED, secondsOf: () => 1});
    const mean =
      starts.reduce((sum, start, index) => sum + start - Number(arrivals[index]), 0) / starts.length;

    const expected = load / (2 * (1 - load));
    assert(Math.abs(mean - expected) < 0.15 * expected, `${mean} instead of ${expected}`);
  });

  it('keeps to its room, its pace and the order, whatever comes', () => {
    const times = fc.array(fc.double({min: 0, max: 500, noNaN: true}), {minLength: 1, maxLength: 60});
    const limits = fc.record({
      servers: fc.integer({min: 1, max: 5}),
      perMinute: fc.integer({min: 1, max: 8}),
    });

    fc.assert(
      fc.property(times, limits, (list, {servers, perMinute}) => {
        const arrivals = Float64Array.from(list);
        const {starts, ends} = passStation(arrivals, {
          servers,
          perMinute,
          secondsOf: (index) => 1 + (index % 90),
        });
        const sorted = starts.toSorted();
        for (const [index, start] of starts.entries()) {
          assert(start >= arrivals[index]!);
          const inside = starts.filter((other, at) => other <= start && ends[at]! > start).length;
          assert(inside <= servers);
        }
        for (const [index, start] of sorted.entries()) {
          const earlier = sorted[index - perMinute];
          assert(earlier === undefined || start - earlier >= MINUTE - 1e-9);
        }
      }),
    );
  });
});

/** Arrivals a second apart on average, divided by a load; the same each time. */
function poisson(count: number, load: number): Float64Array {
  let state = 1;
  let at = 0;
  return Float64Array.from({length: count}, () => {
    state = (state * 48_271) % 2_147_483_647;
    at += -Math.log(state / 2_147_483_647) / load;
    return at;
  });
}
