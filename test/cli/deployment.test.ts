import assert from 'node:assert/strict';
import {type Deployment, readDeployment} from '../../cli/deployment.ts';
import {DEAD_LETTERS} from '../../shared/gateways/dead-letters.ts';

/** Topics to which a stage or a service publishes. */
const TOPICS = [
  'data-ready',
  'run-accepted',
  'split-ready',
  'cloud-builds',
  'image-ready',
  'job-complete',
  'model-exported',
  'promote-requested',
  'dead-letters',
  'unrecorded',
  'version-released',
  'version-rejected',
  'run-failed',
];

/** Nobody here listens to them. */
const LEFT_ALONE = ['unrecorded', 'version-released', 'version-rejected', 'run-failed'];

function topicsListenedTo({functions}: Deployment): string[] {
  return Object.values(functions).flatMap(({triggers}) =>
    triggers.flatMap((trigger) => ('topic' in trigger ? [trigger.topic] : [])),
  );
}

describe('the deployment', () => {
  it('creates every topic that somebody publishes to', async () => {
    assert.deepEqual((await readDeployment()).topics, TOPICS);
  });

  it('listens to no topic that it does not create, and to none twice', async () => {
    const deployment = await readDeployment();

    const listened = topicsListenedTo(deployment);
    const expected = TOPICS.filter((topic) => !LEFT_ALONE.includes(topic));
    assert.deepEqual(listened.toSorted(), expected.toSorted());
  });

  it('holds dead letters where the command that replays them looks, and sends them to topics it creates', async () => {
    const {deadLetters, topics} = await readDeployment();

    assert.equal(deadLetters.subscription, DEAD_LETTERS);
    for (const topic of [deadLetters.topic, deadLetters.unrecordedTopic]) assert.ok(topics.includes(topic));
  });

  it('sends log entries to a topic it creates', async () => {
    const {sinks, topics} = await readDeployment();

    for (const {topic} of Object.values(sinks)) assert.ok(topics.includes(topic), topic);
  });

  it('keeps the young generation of every function small, and smallest where downloads pass through', async () => {
    const {functions} = await readDeployment();

    for (const [name, {nodeOptions}] of Object.entries(functions)) {
      assert.equal(nodeOptions, `--max-semi-space-size=${name === 'split-data' ? 1 : 2}`, name);
    }
  });

  it('gives the functions that wait for others the longest time', async () => {
    const {functions} = await readDeployment();

    const slow = Object.keys(functions).filter((name) => functions[name]?.timeoutSeconds === 540);
    assert.deepEqual(slow, ['split-data', 'release-model']);
  });
});
