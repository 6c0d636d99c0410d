import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {run} from '../local/workflows/support/run-workflow.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'workflows', 'watch-job.yaml');
const LOCATION = 'projects/demo/locations/us-central1';

const TUNING = {kind: 'tuning', name: `${LOCATION}/hyperparameterTuningJobs/77`};
const TRAINING = {kind: 'training', name: `${LOCATION}/customJobs/88`};
const AI_PLATFORM = {kind: 'ai-platform', name: 'projects/demo/jobs/r1_tune_a1'};
const ML_ROOT = 'https://ml.example/';
const BUILD = {kind: 'build', name: 'b1'};

interface Watched {
  readonly kind: string;
  readonly name: string;
}

interface Published {
  readonly topic: string | undefined;
  readonly message: unknown;
  readonly attributes: unknown;
}

interface Seen {
  readonly cancels: string[];
  readonly published: Published[];
  readonly looks: number;
}

/** Plays the services. `answer` gives the state at each look, a status for a refusal; it is told whether a cancel came before. */
async function watched(subject: Watched, answer: (look: number, isCancelled: boolean) => string | number) {
  const cancels: string[] = [];
  const published: Published[] = [];
  let looks = 0;
  const key = subject.kind === 'build' ? 'status' : 'state';
  const ended = await run(await readFile(SOURCE, 'utf8'), {
    argument: JSON.stringify(subject),
    env: {GOOGLE_CLOUD_LOCATION: 'us-central1', CLOUDSDK_API_ENDPOINT_OVERRIDES_ML: ML_ROOT},
    fetch: async (url, init) => {
      const {href, pathname} = new URL(String(url));
      assert.equal(href.startsWith(ML_ROOT), pathname.includes(AI_PLATFORM.name));
      if (pathname.endsWith(':cancel')) {
        cancels.push(pathname);
        return Response.json({});
      }
      if (pathname.endsWith(':publish')) {
        const {messages} = JSON.parse(String(init?.body));
        const [{data, attributes}] = messages;
        const topic = pathname.split('/').at(-1)?.replace(':publish', '');
        published.push({topic, message: JSON.parse(Buffer.from(data, 'base64').toString()), attributes});
        return Response.json({messageIds: ['1']});
      }
      const state = answer(looks, cancels.length > 0);
      looks += 1;
      return typeof state === 'number' ? Response.json({}, {status: state}) : Response.json({[key]: state});
    },
  });
  const seen: Seen = {cancels, published, looks};
  return {...ended, ...seen};
}

function runningOf({kind}: Watched): string {
  if (kind === 'build') return 'WORKING';
  return kind === 'ai-platform' ? 'RUNNING' : 'JOB_STATE_RUNNING';
}

describe('the workflow watch-job', () => {
  for (const [subject, state] of [
    [TUNING, 'JOB_STATE_SUCCEEDED'],
    [TUNING, 'JOB_STATE_CANCELLED'],
    [TRAINING, 'JOB_STATE_FAILED'],
    [AI_PLATFORM, 'SUCCEEDED'],
    [AI_PLATFORM, 'FAILED'],
    [AI_PLATFORM, 'CANCELLED'],
  ] as const) {
    it(`tells of a ${subject.kind} job that ends as ${state}, as the log sink does`, async () => {
      const {published, result} = await watched(subject, (look) => (look < 2 ? runningOf(subject) : state));

      const [{topic, message} = assert.fail()] = published;
      assert.equal(result, JSON.stringify(state));
      assert.equal(topic, 'job-complete');
      assert.deepEqual(message, {
        resource: {type: 'ml_job', labels: {task_name: 'service', job_id: subject.name.split('/').at(-1)}},
        textPayload: state,
      });
    });
  }

  it('tells of a build as Cloud Build does', async () => {
    const {published, result} = await watched(BUILD, (look) => (look < 1 ? 'WORKING' : 'SUCCESS'));

    assert.equal(result, '"SUCCESS"');
    assert.deepEqual(published, [
      {
        topic: 'cloud-builds',
        message: {id: 'b1', status: 'SUCCESS'},
        attributes: {buildId: 'b1', status: 'SUCCESS'},
      },
    ]);
  });

  it('looks at growing intervals, of ten minutes at most', async () => {
    const {seconds, looks} = await watched(TUNING, (look) =>
      look < 20 ? 'JOB_STATE_RUNNING' : 'JOB_STATE_SUCCEEDED',
    );

    assert.equal(looks, 21);
    const pauses = Array.from({length: 20}, (_, index) => Math.min(60 * 1.5 ** index, 600));
    assert.ok(Math.abs(seconds - pauses.reduce((sum, pause) => sum + pause)) < 1, `${seconds}`);
  });

  it('goes on looking while the service is away', async () => {
    const {published} = await watched(TUNING, (look) => [503, 429, 500][look] ?? 'JOB_STATE_SUCCEEDED');

    assert.equal(published.length, 1);
  });

  for (const subject of [TUNING, AI_PLATFORM]) {
    it(`stops when there is no such ${subject.kind} job`, async () => {
      const {result, published} = await watched(subject, () => 404);

      assert.equal(result, '"gone"');
      assert.deepEqual(published, []);
    });
  }

  it('fails where AI Platform has no address', async () => {
    const argument = JSON.stringify(AI_PLATFORM);
    const {error} = await run(await readFile(SOURCE, 'utf8'), {argument});

    assert.match(error ?? '', /CLOUDSDK_API_ENDPOINT_OVERRIDES_ML/);
  });

  for (const [subject, hours] of [
    [TUNING, 24],
    [TRAINING, 24],
    [AI_PLATFORM, 24],
    [BUILD, 1],
  ] as const) {
    it(`cancels a ${subject.kind} after ${hours} hours, once, and tells of its end`, async () => {
      const isOfVertex = subject.kind === 'tuning' || subject.kind === 'training';
      const cancelled = isOfVertex ? 'JOB_STATE_CANCELLED' : 'CANCELLED';
      const {cancels, published, seconds} = await watched(subject, (_, isCancelled) =>
        isCancelled ? cancelled : runningOf(subject),
      );

      const name = subject === BUILD ? `${LOCATION}/builds/b1` : subject.name;
      assert.deepEqual(cancels, [`/v1/${name}:cancel`]);
      assert.equal(published.length, 1);
      assert.ok(seconds > hours * 3600 && seconds < hours * 3600 + 700, `${seconds}`);
    });
  }

  it('fails when what was cancelled does not end within an hour', async () => {
    const {error, cancels, published} = await watched(TRAINING, () => 'JOB_STATE_CANCELLING');

    assert.match(error ?? '', /was cancelled and has not ended/);
    assert.deepEqual([cancels.length, published.length], [1, 0]);
  });

  it('fails when the service refuses for good', async () => {
    const {error} = await watched(TUNING, () => 400);

    assert.equal(JSON.parse(error ?? '').code, 400);
  });
});
