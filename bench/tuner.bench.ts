import {columns} from '../cli/output.ts';
import {bestFound} from '../test/support/best-found.ts';
import {STANDARD_FUNCTIONS} from '../test/support/standard-functions.ts';
import {compareOnDigits} from './tuner/digits.ts';
import {withPythonModels} from './tuner/python-models.ts';

// The local cloud's Bayesian search beside its random search on two standard functions: the distance of the best trial to the minimum.
// Then the model that it finds of examples/digits beside the one of scikit-learn's RandomizedSearchCV: the accuracy on the test rows.

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

const SALTS = SEEDS.slice(0, 10);
const POINTS = 100;
const BAR_POINTS = 0.5;

const compared = await withPythonModels(async (ask) => {
  const found: Awaited<ReturnType<typeof compareOnDigits>>[] = [];
  for (const salt of SALTS) found.push(await compareOnDigits(salt, ask));
  return found;
});
const shown = (shares: readonly number[]) => (POINTS * mean(shares)).toFixed(2);
const ours = compared.map((one) => one.ours);
const theirs = compared.map((one) => one.theirs);
const behind = POINTS * (mean(theirs) - mean(ours));

console.log(`\nexamples/digits: accuracy on the test rows in percent, ${SALTS.length} splits`);
console.log(
  columns([
    ['split', 'tuned', 'RandomizedSearchCV'],
    ...SALTS.map((salt, i) => [String(salt), shown(ours.slice(i, i + 1)), shown(theirs.slice(i, i + 1))]),
    ['mean', shown(ours), shown(theirs)],
  ]),
);
console.log(`behind by ${behind.toFixed(2)} points; at most ${BAR_POINTS} may be`);
if (behind > BAR_POINTS) process.exitCode = 1;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    (Number(sorted[Math.floor((sorted.length - 1) / 2)]) +
      Number(sorted[Math.ceil((sorted.length - 1) / 2)])) /
    2
  );
}
