import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {logging_v2} from 'googleapis/build/src/apis/logging/v2.js';
import {ApiError} from '../../../local/api-error.ts';
import {httpServer} from '../../../local/http.ts';
import {openSinks, type Sinks} from '../../../local/logging/sinks.ts';
import {openState} from '../../../local/state.ts';

type LogEntry = logging_v2.Schema$LogEntry;

const TOPIC = 'projects/demo/topics/job-complete';
const PARENT = 'projects/demo';
const ENTRY = {
  insertId: 'x1',
  logName: 'projects/demo/logs/ml.googleapis.com%2F7',
  resource: {type: 'ml_job', labels: {job_id: '7'}},
  severity: 'INFO',
  textPayload: 'Job completed successfully.',
  timestamp: '2026-01-01T00:10:00Z',
};

describe('log sinks', () => {
  let published: {topic: string; entry: LogEntry; attributes: unknown}[] = [];
  let sinks: Sinks;
  let api: logging_v2.Logging;
  let close: () => Promise<void>;

  beforeEach(async () => {
    published = [];
    const folder = await mkdtemp(join(tmpdir(), 'sinks-'));
    const state = openState(folder);
    sinks = openSinks({
      state,
      publish(topic, {data, attributes}) {
        if (topic !== TOPIC) throw new ApiError('NOT_FOUND', `no ${topic}`);
        published.push({topic, entry: JSON.parse(Buffer.from(data).toString()), attributes});
        return '1';
      },
    });
    const app = httpServer();
    await app.register(sinks.plugin);
    api = new logging_v2.Logging({rootUrl: `${await app.listen({port: 0, host: '127.0.0.1'})}/`});
    close = async () => {
      await app.close();
      state.close();
      await rm(folder, {recursive: true});
    };
  });
  afterEach(() => close());

  const create = (sink: logging_v2.Schema$LogSink) =>
    api.projects.sinks.create({
      parent: PARENT,
      requestBody: {name: 'jobs', destination: `pubsub.googleapis.com/${TOPIC}`, ...sink},
    });

  it('publish the entries that pass their filter, with the time as attribute', async () => {
    await create({filter: 'resource.type="ml_job" AND textPayload:"completed"'});
    sinks.route(ENTRY);
    sinks.route({...ENTRY, textPayload: 'Job started.'});

    assert.deepEqual(published, [
      {topic: TOPIC, entry: ENTRY, attributes: {'logging.googleapis.com/timestamp': ENTRY.timestamp}},
    ]);
  });

  it('publish everything of their project without a filter', async () => {
    await create({});
    sinks.route({...ENTRY, resource: {type: 'other'}});
    sinks.route({...ENTRY, logName: 'projects/else/logs/x'});

    assert.equal(published.length, 1);
  });

  it('publish nothing while disabled, after delete, or to a topic that is gone', async () => {
    await create({name: 'disabled', disabled: true});
    await create({name: 'lost', destination: 'pubsub.googleapis.com/projects/demo/topics/gone'});
    await create({name: 'deleted'});
    await api.projects.sinks.delete({sinkName: `${PARENT}/sinks/deleted`});
    sinks.route(ENTRY);

    assert.deepEqual(published, []);
  });

  it('are shown and listed as they were made', async () => {
    const {data: made} = await create({filter: 'severity>=ERROR'});
    const {data: shown} = await api.projects.sinks.get({sinkName: `${PARENT}/sinks/jobs`});
    const {data: list} = await api.projects.sinks.list({parent: PARENT});

    assert.equal(made.filter, 'severity>=ERROR');
    assert.match(made.writerIdentity ?? '', /^serviceAccount:/);
    assert.deepEqual(shown, made);
    assert.deepEqual(list.sinks, [made]);
  });

  it('are refused with another destination, a bad filter or an unknown field', async () => {
    const refused = (sink: object, message: RegExp) => assert.rejects(create(sink), {status: 400, message});

    await refused({destination: 'storage.googleapis.com/bucket'}, /'sink.destination'/);
    await refused({filter: 'ml_job'}, /Unparseable filter/);
    await refused({colour: 'red'}, /Unknown name "colour"/);
    await refused({name: 'no spaces'}, /'sink.name'/);
  });

  it('are refused twice under one name, and unknown when nobody made them', async () => {
    await create({});
    await assert.rejects(create({}), {status: 409});
    await assert.rejects(api.projects.sinks.get({sinkName: `${PARENT}/sinks/none`}), {status: 404});
    await assert.rejects(api.projects.sinks.delete({sinkName: `${PARENT}/sinks/none`}), {status: 404});
  });
});
