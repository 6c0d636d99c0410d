import {columns} from '../cli/output.ts';
import {bestFound} from '../test/support/best-found.ts';
import {STANDARD_FUNCTIONS} from '../test/support/standard-functions.ts';

// The local cloud's Bayesian search beside its random search on two standard functions: the distance of the best trial to the minimum.

const SEEDS = Array.from({length: 30}, (_, seed) => seed);
const TRIALS = 30;

const rows = STANDARD_FUNCTIONS.map((target) => {
  const distances = (algorithm: 'ALGORITHM_UNSPECIFIED' | 'RANDOM_SEARCH') =>
    SEEDS.map((seed) => bestFound(target, {algorithm, trials: TRIALS, seed}));
  const bayesian = distances('ALGORITHM_UNSPECIFIED');
  const random = distances('RANDOM_SEARCH');
  const wins = SEEDS.filter((seed) => Number(bayesian[seed]) < Number(random[seed])).length;
  return [target.name, median(bayesian).toFixed(4), median(random).toFixed(4), `${wins} of ${SEEDS.length}`];
});

console.log(`${TRIALS} trials, medians of ${SEEDS.length} seeds`);
console.log(columns([['function', 'bayesian', 'random', 'bayesian nearer'], ...rows]));

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    (Number(sorted[Math.floor((sorted.length - 1) / 2)]) +
      Number(sorted[Math.ceil((sorted.length - 1) / 2)])) /
    2
  );
}
