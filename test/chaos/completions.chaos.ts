import assert from 'node:assert/strict';
import {readLedgers, readLeftovers} from './ledger.ts';
import {type Scene, setScene} from './scene.ts';

const SIZE = 5;
const LIMIT_MS = 240_000;

describe('runs whose completions are all lost', function () {
  this.timeout(LIMIT_MS + 60_000);
  let scene: Scene;

  before(async () => {
    scene = await setScene({size: SIZE, factor: 20});
    await silence(scene.url);
  });

  after(() => scene.close());

  it('end all the same', async () => {
    const {workload, ports, told} = scene;
    await workload.push(0);
    const runIds = await workload.drop(0);

    await scene.ended(runIds, LIMIT_MS);
    await scene.quiet(LIMIT_MS);

    for (const {state, tuning, training, why} of await readLedgers(runIds, ports, told))
      assert.deepEqual([state, tuning, training], ['released', 1, 1], why);
    assert.equal((await readLeftovers(ports, told)).deadLetters, 0);
  });
});

/** Nobody hears any more of builds and jobs that end. */
async function silence(url: string): Promise<void> {
  const project = 'projects/millrace-local';
  const listed = await fetch(`${url}/v1/${project}/subscriptions?pageSize=100`);
  const {subscriptions} = (await listed.json()) as {subscriptions: {name: string; topic: string}[]};
  const told = subscriptions.filter(({topic}) => topic === `${project}/topics/cloud-builds`);
  assert.equal(told.length, 1);
  const gone = [`v2/${project}/sinks/job-complete`, ...told.map(({name}) => `v1/${name}`)];
  for (const path of gone) assert.ok((await fetch(`${url}/${path}`, {method: 'DELETE'})).ok);
}
