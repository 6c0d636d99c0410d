import {setTimeout as pause} from 'node:timers/promises';
import {columns} from '../cli/output.ts';
import {readConfig} from '../shared/config.ts';
import {googleCloud} from '../shared/gateways/google-cloud.ts';
import {type Hop, hopsOf} from './path/hops.ts';
import type {Entry} from './path/ledger.ts';
import {drop, endedJobs, pushPipelines} from './path/pipelines.ts';
import {startRig} from './path/rig.ts';

// What orchestration costs: pipelines whose trainer returns at once, the functions as they are deployed, the local cloud in a process of its
// own. One run after the other for the time between two stages, then so many at once for what a run costs.
//
//     npm run bench:path [-- SIZE…]

const WARM_UP = 3;
const ALONE = 30;
const SIZES = [1, 10, 100, 1000];
/** The last words of a run go out before its permit is given back. */
const TAIL_MS = 300;

interface Measured {
  readonly runIds: readonly string[];
  readonly entries: readonly Entry[];
  readonly seconds: number;
  readonly functionsMs: number;
  readonly cloudMs: number;
}

const rig = await startRig();
Object.assign(process.env, rig.env);
const ports = googleCloud(readConfig(process.env));
let pipelines = 0;

async function measure(size: number): Promise<Measured> {
  const names = Array.from({length: size}, () => `p${++pipelines}`);
  await pushPipelines(names, rig.folder, ports);
  await pause(TAIL_MS);
  await rig.take();
  const before = await rig.cpu();
  const startMs = performance.now();
  const ended = rig.ended(size);
  const runIds = await drop(names, ports);
  await ended;
  const seconds = (performance.now() - startMs) / 1000;
  await pause(TAIL_MS);
  const {functionsMs, cloudMs} = await rig.cpu();
  return {
    runIds,
    entries: await rig.take(),
    seconds,
    functionsMs: functionsMs - before.functionsMs,
    cloudMs: cloudMs - before.cloudMs,
  };
}

async function measureAlone(): Promise<Hop[]> {
  const {runIds, entries} = await measure(1);
  return hopsOf(entries, await endedJobs(runIds, ports));
}

for (let round = 0; round < WARM_UP; round++) await measure(1);
const hops: Hop[] = [];
for (let round = 0; round < ALONE; round++) hops.push(...(await measureAlone()));
console.log(`${columns([['from', 'to', 'hops', 'p50 ms', 'p95 ms'], ...hopRows()])}\n`);

const heads = [
  'runs at once',
  's',
  'functions CPU ms',
  'cloud CPU ms',
  'reads',
  'writes',
  'messages',
  'calls',
];
const sizes = process.argv.slice(2).map(Number);
const costs: string[][] = [];
for (const size of sizes.length > 0 ? sizes : SIZES) costs.push(costRow(await measure(size)));
console.log(columns([heads, ...costs]));
await rig.close();

function hopRows(): string[][] {
  const each = [...Map.groupBy(hops, ({from, to}) => `${from},${to}`).values()];
  const rows = each.map((same) => [same[0]?.from ?? '', same[0]?.to ?? '', ...quantiles(same)]);
  return [...rows, ['all', '', ...quantiles(hops)]];
}

function quantiles(some: readonly Hop[]): string[] {
  const times = some.map(({ms}) => ms).toSorted((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1);
  return [String(some.length), at(0.5), at(0.95)];
}

/** Everything but the whole time is for one run. */
function costRow({runIds, entries, seconds, functionsMs, cloudMs}: Measured): string[] {
  const sum = (count: (entry: Entry) => number) => entries.reduce((total, entry) => total + count(entry), 0);
  const totals = [
    functionsMs,
    cloudMs,
    sum(({reads}) => reads ?? 0),
    sum(({writes}) => writes ?? 0),
    sum(({topic}) => (topic === undefined ? 0 : 1)),
    sum(({name}) => (name.startsWith('/functions/') ? 1 : 0)),
  ];
  return [
    String(runIds.length),
    seconds.toFixed(1),
    ...totals.map((total) => (total / runIds.length).toFixed(1)),
  ];
}
