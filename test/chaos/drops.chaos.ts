import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';
import {runIdOf} from '../../shared/domain/ids.ts';
import {type Scene, setScene} from './scene.ts';

const DROPS = 1000;
const DELIVERIES = 10;
const SOCKETS = 100;
const LIMIT_MS = 60_000;
/** Here one process takes at once what twenty instances share in the cloud, of 256 MiB each and with one event at a time. */
const LIMIT_MIB = 512;
const BUCKET = 'millrace-local-data';

interface Drop {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
}

/** A real receive-data; nobody takes the runs further. */
describe('a thousand drops at once', function () {
  this.timeout(4 * LIMIT_MS);
  let scene: Scene;

  before(async () => {
    scene = await setScene({size: 0, factor: 1});
    const topic = `${scene.url}/v1/projects/millrace-local/topics/run-accepted`;
    const headers = {'content-type': 'application/json'};
    assert.ok((await fetch(topic, {method: 'DELETE'})).ok);
    assert.ok((await fetch(topic, {method: 'PUT', headers, body: '{}'})).ok);
  });

  after(() => scene.close());

  it(`make a thousand runs when each is told of ${DELIVERIES} times, in no order`, async () => {
    const drops = Array.from(
      {length: DROPS},
      (_, index): Drop => ({bucket: BUCKET, name: `p/data/${index}.csv`, generation: `17${index}`}),
    );
    const events = shuffled(drops.flatMap((drop) => Array.from({length: DELIVERIES}, () => drop)));
    const start = performance.now();

    const answers = await postAll(`${scene.url}/functions/receive-data`, events);

    const seconds = (performance.now() - start) / 1000;
    const memoryMib = await residentMib(await scene.rig.pid('receive-data'));
    report({seconds, memoryMib, times: answers.map(({ms}) => ms)});
    assert.deepEqual([...new Set(answers.map(({status}) => status))], [204]);
    const missing = await scene.ports.runs.missing(drops.map((drop) => runIdOf({...drop, epoch: 0})));
    assert.deepEqual(missing, []);
    const runs = await scene.ports.runs.list({limit: 2 * DROPS});
    assert.equal(runs.length, DROPS);
    assert.deepEqual([...new Set(runs.map(({state}) => state))], ['received']);
    assert.ok(seconds * 1000 < LIMIT_MS);
    assert.ok(memoryMib < LIMIT_MIB);
  });
});

async function postAll(url: string, events: readonly Drop[]): Promise<{status: number; ms: number}[]> {
  const answers: {status: number; ms: number}[] = [];
  const queue = events.entries();
  const takeTurns = async () => {
    for (const [index, drop] of queue) answers.push(await post(url, drop, index));
  };
  await Promise.all(Array.from({length: SOCKETS}, takeTurns));
  return answers;
}

async function post(url: string, drop: Drop, index: number): Promise<{status: number; ms: number}> {
  const start = performance.now();
  const headers = {
    'content-type': 'application/json',
    'ce-id': `event-${index}`,
    'ce-source': `//storage.googleapis.com/projects/_/buckets/${drop.bucket}`,
    'ce-type': 'google.cloud.storage.object.v1.finalized',
    'ce-specversion': '1.0',
    'ce-subject': `objects/${drop.name}`,
  };
  const body = JSON.stringify({...drop, metageneration: '1', size: '1'});
  const answer = await fetch(url, {method: 'POST', headers, body});
  await answer.arrayBuffer();
  return {status: answer.status, ms: performance.now() - start};
}

function shuffled<T>(items: readonly T[]): T[] {
  const generator = xoroshiro128plus(1);
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

async function residentMib(pid: number | undefined): Promise<number> {
  const {stdout} = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

function report(figures: {seconds: number; memoryMib: number; times: number[]}): void {
  const times = figures.times.toSorted((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
  const perSecond = times.length / figures.seconds;
  console.log(
    `      ${times.length} events in ${figures.seconds.toFixed(1)} s, ${perSecond.toFixed(0)} a second, ` +
      `p99 ${p99.toFixed(0)} ms, resident ${figures.memoryMib.toFixed(0)} MiB`,
  );
}
