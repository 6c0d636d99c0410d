import assert from 'node:assert/strict';
import {run} from './support/run-workflow.ts';

/** A Google API that answers each request, written `VERB path?query`, with the next of its answers. */
function google(answers: Readonly<Record<string, readonly (object | number)[]>>) {
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const fetcher: typeof fetch = async (url, init) => {
    const request = `${init?.method} ${String(url).replace('http://google.local', '')}`;
    const answer = answers[request]?.[asked.filter((one) => one === request).length] ?? 404;
    asked.push(request);
    bodies.push(init?.body === undefined ? undefined : JSON.parse(String(init.body)));
    const [status, body] = typeof answer === 'number' ? [answer, {error: {code: answer}}] : [200, answer];
    return new Response(JSON.stringify(body), {status, headers: {'content-type': 'application/json'}});
  };
  return {asked, bodies, fetch: fetcher};
}

function call(connector: string, args: string): string {
  return `
    - go: {call: googleapis.${connector}, args: ${args}, result: answer}
    - done: {return: "\${answer}"}`;
}

const JOBS = '/bigquery/v2/projects/demo/jobs';
const INSERT = '{projectId: demo, body: {jobReference: {jobId: j1}}}';

function job(state: string, more: object = {}): object {
  return {jobReference: {projectId: 'demo', jobId: 'j1', location: 'US'}, status: {state, ...more}};
}

describe('connector', () => {
  it('publishes to a topic', async () => {
    const {fetch, bodies} = google({'POST /v1/projects/demo/topics/t:publish': [{messageIds: ['1']}]});
    const {result} = await run(
      call(
        'pubsub.v1.projects.topics.publish',
        '{topic: projects/demo/topics/t, body: {messages: [{data: eA==}]}}',
      ),
      {fetch},
    );

    assert.equal(result, '{"messageIds":["1"]}');
    assert.deepEqual(bodies, [{messages: [{data: 'eA=='}]}]);
  });

  it('escapes the names of objects and passes query parameters', async () => {
    const {fetch} = google({'GET /storage/v1/b/data/o/a%2Fb?generation=7': [{name: 'a/b'}]});
    const {result} = await run(
      call('storage.v1.objects.get', '{bucket: data, object: a/b, generation: "7"}'),
      {fetch},
    );

    assert.equal(result, '{"name":"a/b"}');
  });

  it('goes to the region it is told', async () => {
    const {fetch} = google({
      'GET /v1/projects/demo/locations/us-central1/customJobs/1': [{state: 'JOB_STATE_RUNNING'}],
    });
    const name = 'projects/demo/locations/us-central1/customJobs/1';
    const {result} = await run(
      call('aiplatform.v1.projects.locations.customJobs.get', `{name: ${name}, region: us-central1}`),
      {fetch},
    );

    assert.equal(result, '{"state":"JOB_STATE_RUNNING"}');
  });

  it('waits for the end of a BigQuery job with growing pauses', async () => {
    const {fetch, asked} = google({
      [`POST ${JOBS}`]: [job('RUNNING')],
      [`GET ${JOBS}/j1?location=US`]: [job('RUNNING'), job('RUNNING'), job('DONE')],
    });
    const {result, seconds} = await run(call('bigquery.v2.jobs.insert', INSERT), {fetch});

    assert.match(result ?? '', /DONE/);
    assert.equal(asked.length, 4);
    assert.equal(seconds, 1 + 1.25 + 1.5625);
  });

  it('does not wait with skip_polling', async () => {
    const {fetch, asked} = google({[`POST ${JOBS}`]: [job('RUNNING')]});
    const args = INSERT.replace('}}}', '}}, connector_params: {skip_polling: true}}');
    await run(call('bigquery.v2.jobs.insert', args), {fetch});

    assert.equal(asked.length, 1);
  });

  it('raises OperationError when the job failed', async () => {
    const {fetch} = google({[`POST ${JOBS}`]: [job('DONE', {errorResult: {reason: 'invalidQuery'}})]});
    const {error} = await run(call('bigquery.v2.jobs.insert', INSERT), {fetch});

    const {tags, message, error: cause} = JSON.parse(error ?? '');
    assert.deepEqual(tags, ['OperationError']);
    assert.equal(message, 'Execution failed or cancelled.');
    assert.deepEqual(cause, {reason: 'invalidQuery'});
  });

  it('raises TimeoutError when the job takes longer than allowed', async () => {
    const {fetch} = google({
      [`POST ${JOBS}`]: [job('RUNNING')],
      [`GET ${JOBS}/j1?location=US`]: Array(99).fill(job('RUNNING')),
    });
    const args = INSERT.replace('}}}', '}}, connector_params: {timeout: 60}}');

    assert.match((await run(call('bigquery.v2.jobs.insert', args), {fetch})).error ?? '', /TimeoutError/);
  });

  it('raises HttpError for a refusal', async () => {
    const {fetch, asked} = google({});
    const {error} = await run(call('bigquery.v2.jobs.get', '{projectId: demo, jobId: none}'), {fetch});

    assert.equal(JSON.parse(error ?? '').code, 404);
    assert.equal(asked.length, 1);
  });

  it('repeats reads after 502, and creates after 503 alone', async () => {
    const read = google({[`GET ${JOBS}/j1`]: [502, job('DONE')]});
    const created = google({[`POST ${JOBS}`]: [503, job('DONE')]});
    const broken = google({[`POST ${JOBS}`]: [502, job('DONE')]});
    await run(call('bigquery.v2.jobs.get', '{projectId: demo, jobId: j1}'), {fetch: read.fetch});
    await run(call('bigquery.v2.jobs.insert', INSERT), {fetch: created.fetch});
    const {error} = await run(call('bigquery.v2.jobs.insert', INSERT), {fetch: broken.fetch});

    assert.equal(read.asked.length, 2);
    assert.equal(created.asked.length, 2);
    assert.equal(broken.asked.length, 1);
    assert.match(error ?? '', /502/);
  });
});
