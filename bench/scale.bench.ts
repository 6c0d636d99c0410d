import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';
import {readDeployment} from '../cli/deployment.ts';
import {columns} from '../cli/output.ts';
import {permitLimits} from '../shared/domain/permits.ts';
import {type Durations, goAllTheWay, type Shard, type Stage} from './scale/way.ts';

// 100,000 drops in a day on a virtual clock: a model of queues with the limits of the code (permits, instances, one release at an endpoint) and of
// Vertex AI (submissions in a minute). Nothing of the product runs; what it would do is in the simulation of faults.

const DROPS = 100_000;
const DAY = 86_400;
const ENDPOINTS = 1_000;
/** Shares of the datasets whose model is better, and so is deployed; and of the trainer sources that are new. */
const [RELEASED, NEW_SOURCES] = [0.2, 0.01];
const MINUTE = 60;

interface Scenario {
  readonly title: string;
  readonly shards: number;
  readonly jobs: Shard['jobs'];
  /** Seconds in which all drops come. */
  readonly span: number;
}

const DEFAULT_JOBS = {build: 10, tuning: 20, training: 20};
/** As many as Vertex AI lets begin, when a tuning takes 30 minutes and a training 10. */
const JOBS_AT_QUOTA = {build: 10, tuning: 720, training: 240};
const SCENARIOS: readonly Scenario[] = [
  {title: 'one project, as it is set up', shards: 1, jobs: DEFAULT_JOBS, span: DAY},
  {title: 'one project, as many jobs as may begin', shards: 1, jobs: JOBS_AT_QUOTA, span: DAY},
  {title: 'three shards', shards: 3, jobs: JOBS_AT_QUOTA, span: DAY},
  {title: 'four shards', shards: 4, jobs: JOBS_AT_QUOTA, span: DAY},
  {title: 'four shards, all in two hours', shards: 4, jobs: JOBS_AT_QUOTA, span: 2 * 60 * MINUTE},
];

const {functions} = await readDeployment();
const perMinute = permitLimits(DEFAULT_JOBS);
const instancesOf = (name: string) => Number(functions[name]?.maxInstances);

for (const scenario of SCENARIOS) {
  const {title, shards, jobs, span} = scenario;
  const count = Math.round(DROPS / shards);
  const {drops, durations} = datasets(count, span);
  const {stages, doneAt} = goAllTheWay(drops, durations, {
    instances: {
      'receive-data': instancesOf('receive-data'),
      'split-data': instancesOf('split-data'),
      'release-model': instancesOf('release-model'),
    },
    jobs,
    submissionsPerMinute: {tuning: perMinute('tuning').perMinute, training: perMinute('training').perMinute},
    endpoints: Math.round(ENDPOINTS / shards),
  });
  const done = doneAt.filter((at) => at <= DAY).length / count;
  console.log(`\n${title}: ${count.toLocaleString('en')} drops for each shard`);
  console.log(columns([['stage', 'load', 'longest line', 'wait, median', 'p95'], ...stages.map(rowOf)]));
  console.log(`done after a day: ${Math.round(done * 100)} %; the last after ${spell(Math.max(...doneAt))}`);
}

/** Drops at any time of the span, and what each takes; the same each time. */
function datasets(count: number, span: number): {drops: Float64Array; durations: Durations} {
  const generator = xoroshiro128plus(1);
  const between = (least: number, most: number) => least + uniformFloat64(generator) * (most - least);
  const each = (value: () => number) => Float64Array.from({length: count}, value);
  return {
    drops: each(() => between(0, span)).sort(),
    durations: {
      receive: each(() => between(0.05, 0.3)),
      // 100 MB at half to all of what was measured on one core.
      split: each(() => between(1, 3)),
      build: each(() => (between(0, 1) < NEW_SOURCES ? between(2, 4) * MINUTE : between(0.1, 0.5))),
      tune: each(() => between(20, 40) * MINUTE),
      train: each(() => between(5, 15) * MINUTE),
      release: each(() => (between(0, 1) < RELEASED ? between(5, 15) * MINUTE : between(0.5, 1.5))),
    },
  };
}

function rowOf({name, load, longestLine, wait}: Stage): string[] {
  const lines = longestLine.toLocaleString('en');
  return [name, `${Math.round(load * 100)} %`, lines, spell(wait.median), spell(wait.p95)];
}

function spell(seconds: number): string {
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < 60 * MINUTE) return `${Math.round(seconds / MINUTE)} min`;
  return seconds < DAY ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / DAY).toFixed(1)} days`;
}
