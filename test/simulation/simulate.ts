import {randomInt} from 'node:crypto';
import {parseArgs} from 'node:util';
import {Crew} from './crew.ts';
import {type Failure, seedTasks, type Task} from './task.ts';

// npm run simulate -- --seeds 10000 --from 1
// Plays schedules of faults against the functions. SIM_SEED=… plays one of them again and prints what happened;
// --drops 1000 plays so many files dropped at once instead, each told of ten times.

const MAX_SEED = 2 ** 32 - 1;
const FAILURES_PRINTED = 5;

const {values} = parseArgs({
  options: {seeds: {type: 'string'}, from: {type: 'string'}, drops: {type: 'string'}},
});
const {SIM_SEED} = process.env;
const count = SIM_SEED === undefined ? Number(values.seeds ?? 10_000) : 1;
const from = Number(SIM_SEED ?? values.from ?? randomInt(MAX_SEED - count));

const tasks: readonly Task[] =
  values.drops === undefined ? seedTasks(from, count) : [{kind: 'crowd', drops: Number(values.drops)}];
console.log(
  values.drops === undefined ? `${count} schedules from seed ${from}` : `${values.drops} drops at once`,
);
const startedMs = performance.now();
const crew = new Crew();
const reports = await crew.play(tasks);
await crew.stop();
const seconds = (performance.now() - startedMs) / 1000;

const failures = reports.flatMap((report) => report.failures);
for (const failure of failures.slice(0, FAILURES_PRINTED)) print(failure);
if (values.drops !== undefined)
  console.log(reports.map(({states, starts}) => ({...states, builds_and_jobs: starts})));
const calls = reports.reduce((sum, report) => sum + report.calls, 0);
console.log(`${calls} calls, ${seconds.toFixed(1)} s, ${failures.length} schedules broke an invariant`);
process.exitCode = failures.length === 0 ? 0 : 1;

function print({seed, violations, trace}: Failure): void {
  const lines = SIM_SEED === undefined ? [] : trace;
  console.log([...lines, ...violations, `again: SIM_SEED=${seed} npm run simulate`, ''].join('\n'));
}
