import assert from 'node:assert/strict';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {cloudscheduler_v1} from 'googleapis/build/src/apis/cloudscheduler/v1.js';
import {stub} from 'sinon';
import {httpServer} from '../../../local/http.ts';
import {Scheduler} from '../../../local/scheduler/scheduler.ts';
import {schedulerRoutes} from '../../../local/scheduler/scheduler-routes.ts';
import {openState} from '../../../local/state.ts';
import {pushEndpoint} from '../../contracts/push-endpoint.ts';
import {ManualClock} from './manual-clock.ts';

const PARENT = 'projects/demo/locations/us-central1';
const NAME = `${PARENT}/jobs/sweep`;
const MIDNIGHT = '2026-01-01T00:00:00.000Z';
const ACCOUNT = 'scheduler@demo.iam.gserviceaccount.com';

type Job = cloudscheduler_v1.Schema$Job;

describe('Cloud Scheduler', () => {
  let folder: string;
  let clock: ManualClock;
  let scheduler: Scheduler;
  let jobs: cloudscheduler_v1.Resource$Projects$Locations$Jobs;
  let target: Awaited<ReturnType<typeof pushEndpoint>>;
  let stop: () => Promise<void>;

  /** A cloud on the folder's state. */
  async function open(now: string): Promise<void> {
    const state = openState(folder);
    clock = new ManualClock(now);
    const tokens = {
      sign: ({account, audience}: {account: string; audience: string}) => `${account} for ${audience}`,
    };
    scheduler = new Scheduler({state, clock, tokens});
    const app = httpServer();
    await app.register(schedulerRoutes(scheduler));
    const rootUrl = `${await app.listen({port: 0, host: '127.0.0.1'})}/`;
    ({jobs} = new cloudscheduler_v1.Cloudscheduler({rootUrl}).projects.locations);
    stop = async () => {
      await scheduler.close();
      await app.close();
      state.close();
    };
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scheduler-'));
    target = await pushEndpoint(200);
    await open(MIDNIGHT);
  });

  afterEach(async () => {
    await stop();
    target.close();
    await rm(folder, {recursive: true});
  });

  async function create(change: Job = {}): Promise<Job> {
    const httpTarget = {uri: target.url, body: Buffer.from('{}').toString('base64')};
    const requestBody = {name: NAME, schedule: '* * * * *', httpTarget, ...change};
    return (await jobs.create({parent: PARENT, requestBody})).data;
  }

  async function read(): Promise<Job> {
    return (await jobs.get({name: NAME})).data;
  }

  it('keeps a job with its defaults and tells when it is due', async () => {
    const job = await create();

    assert.deepEqual([job.state, job.timeZone, job.attemptDeadline], ['ENABLED', 'UTC', '180s']);
    assert.equal(job.scheduleTime, '2026-01-01T00:01:00.000Z');
    assert.deepEqual(await read(), job);
    assert.deepEqual((await jobs.list({parent: PARENT})).data, {jobs: [job]});
  });

  it('reads a schedule in the time zone of the job', async () => {
    const job = await create({schedule: '30 9 * * 1-5', timeZone: 'Europe/Zurich'});

    assert.equal(job.scheduleTime, '2026-01-01T08:30:00.000Z');
  });

  it('calls the target when it is due, with the headers of the service', async () => {
    await create();

    clock.moveTo('2026-01-01T00:01:00.000Z');
    const {headers, body} = await target.next();

    assert.deepEqual(body, {});
    assert.equal(headers['user-agent'], 'Google-Cloud-Scheduler');
    assert.deepEqual(
      [
        headers['x-cloudscheduler'],
        headers['x-cloudscheduler-jobname'],
        headers['x-cloudscheduler-scheduletime'],
      ],
      ['true', 'sweep', '2026-01-01T00:01:00.000Z'],
    );
    assert.equal(headers.authorization, undefined);
    assert.deepEqual(clock.waiting, ['2026-01-01T00:02:00.000Z']);
  });

  it('proves who it is when the job says as whom', async () => {
    const oidcToken = {serviceAccountEmail: ACCOUNT, audience: 'millrace'};
    await create({httpTarget: {uri: target.url, body: 'e30=', oidcToken}});

    clock.moveTo('2026-01-01T00:01:00.000Z');

    assert.equal((await target.next()).headers.authorization, `Bearer ${ACCOUNT} for millrace`);
  });

  it('makes the token out to the address when no audience is given', async () => {
    await create({
      httpTarget: {uri: target.url, body: 'e30=', oidcToken: {serviceAccountEmail: ACCOUNT}},
    });

    await jobs.run({name: NAME});

    assert.equal((await target.next()).headers.authorization, `Bearer ${ACCOUNT} for ${target.url}`);
  });

  it('notes when it last called, and that all went well', async () => {
    await create();
    clock.moveTo('2026-01-01T00:01:00.000Z');
    await scheduler.close();

    const {lastAttemptTime, status} = await read();
    assert.deepEqual([lastAttemptTime, status], ['2026-01-01T00:01:00.000Z', {}]);
  });

  it('notes that a call failed, and calls again when the job is due again', async () => {
    const failing = await pushEndpoint(503);
    await create({httpTarget: {uri: failing.url, body: 'e30='}});
    clock.moveTo('2026-01-01T00:01:00.000Z');
    await scheduler.close();

    assert.deepEqual((await read()).status, {code: 2, message: 'HTTP status 503'});
    assert.equal((await read()).state, 'ENABLED');
    failing.close();
  });

  it('notes a target that nobody serves', async () => {
    await create({httpTarget: {uri: 'http://127.0.0.1:9/'}});
    clock.moveTo('2026-01-01T00:01:00.000Z');
    await scheduler.close();

    assert.equal((await read()).status?.code, 2);
  });

  it('passes a job over whose last call is still under way', async () => {
    await create();
    const held = Promise.withResolvers<Response>();
    const calls = stub(globalThis, 'fetch').returns(held.promise);

    clock.moveTo('2026-01-01T00:01:00.000Z');
    clock.moveTo('2026-01-01T00:02:00.000Z');
    held.resolve(new Response());

    assert.equal(calls.callCount, 1);
    assert.deepEqual(clock.waiting, ['2026-01-01T00:03:00.000Z']);
  });

  it('calls no target of a paused job until it is resumed', async () => {
    await create();
    assert.equal((await jobs.pause({name: NAME})).data.state, 'PAUSED');
    assert.deepEqual(clock.waiting, []);

    clock.moveTo('2026-01-01T00:05:30.000Z');
    const resumed = (await jobs.resume({name: NAME})).data;

    assert.deepEqual([resumed.state, resumed.scheduleTime], ['ENABLED', '2026-01-01T00:06:00.000Z']);
  });

  it('calls the target at once when asked to', async () => {
    await create({schedule: '0 0 1 1 *'});

    await jobs.run({name: NAME});

    assert.equal((await target.next()).headers['x-cloudscheduler-jobname'], 'sweep');
  });

  it('goes on after a restart, and makes up for nothing', async () => {
    await create();
    await stop();

    await open('2026-01-01T01:00:30.000Z');

    assert.deepEqual(clock.waiting, ['2026-01-01T01:01:00.000Z']);
    clock.moveTo('2026-01-01T01:01:00.000Z');
    assert.equal((await target.next()).headers['x-cloudscheduler-scheduletime'], '2026-01-01T01:01:00.000Z');
  });

  it('calls nobody for a job that was deleted', async () => {
    await create();

    await jobs.delete({name: NAME});

    assert.deepEqual(clock.waiting, []);
    await assert.rejects(read(), {code: 404});
  });

  it('refuses a second job of the same name', async () => {
    await create();

    await assert.rejects(create(), {code: 409});
  });

  it('refuses what is done to a job that is not there', async () => {
    const name = NAME;
    await assert.rejects(jobs.get({name}), {code: 404});
    await assert.rejects(jobs.delete({name}), {code: 404});
    await assert.rejects(jobs.pause({name}), {code: 404});
    await assert.rejects(jobs.resume({name}), {code: 404});
    await assert.rejects(jobs.run({name}), {code: 404});
  });

  it('refuses to pause what is paused and to resume what is not', async () => {
    await create();
    await assert.rejects(jobs.resume({name: NAME}), {code: 400});
    await jobs.pause({name: NAME});

    await assert.rejects(jobs.pause({name: NAME}), {code: 400});
  });

  const broken: Record<string, Job> = {
    'a schedule of six fields': {schedule: '* * * * * *'},
    'a nickname of a schedule': {schedule: '@daily'},
    'an impossible schedule': {schedule: '61 * * * *'},
    'a day that never comes': {schedule: '0 0 30 2 *'},
    'an unknown time zone': {timeZone: 'Mars/Olympus'},
    'a name in another project': {name: 'projects/other/locations/us-central1/jobs/sweep'},
    'a name with odd characters': {name: `${PARENT}/jobs/a b`},
    'no target': {httpTarget: null as never},
    'a target that is no URL': {httpTarget: {uri: 'sweep'}},
    'an unknown method': {httpTarget: {uri: 'http://127.0.0.1/', httpMethod: 'SWEEP'}},
    'a body that is not Base64': {httpTarget: {uri: 'http://127.0.0.1/', body: '{}'}},
    'a deadline of more than 30 minutes': {attemptDeadline: '1801s'},
    'a target that is a topic': {pubsubTarget: {topicName: 'projects/demo/topics/t'}},
    'a field that nobody knows': {every: 'minute'} as never,
  };
  for (const [what, change] of Object.entries(broken)) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(create(change), {code: 400});
    });
  }
});
