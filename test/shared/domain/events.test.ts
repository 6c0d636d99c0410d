import assert from 'node:assert/strict';
import fc from 'fast-check';
import {z} from 'zod';
import {
  buildMessageSchema,
  deliveryOf,
  generationSchema,
  jobLogSchema,
  messageOf,
  runMessageSchema,
  storageObjectOf,
} from '../../../shared/domain/events.ts';
import {PermanentError} from '../../../shared/errors.ts';
import {finalized, published} from '../../support/events.ts';

const OBJECT = {bucket: 'the-data', name: 'flowers/data/flowers.csv', generation: '1767225600000002'};

describe('deliveryOf', () => {
  it('keeps id, source, type, subject and data of a CloudEvent', () => {
    const {data, ...event} = finalized(OBJECT, 'e1');

    assert.deepEqual(deliveryOf({...event, data, traceparent: '00-1'}), {
      id: 'e1',
      source: '//storage.googleapis.com/projects/_/buckets/the-data',
      type: 'google.cloud.storage.object.v1.finalized',
      subject: 'objects/flowers/data/flowers.csv',
      data,
    });
  });

  it('does without a subject', () => {
    assert.ok(!('subject' in deliveryOf(published('run-accepted', {}))));
  });

  const broken: Record<string, unknown> = {
    'a request without CloudEvent headers': {message: {data: 'e30='}},
    'no body at all': undefined,
    'a text': 'ce-id: 1',
    'an empty id': {...finalized(OBJECT), id: ''},
    'no source': {...finalized(OBJECT), source: undefined},
    'a type that is a number': {...finalized(OBJECT), type: 7},
    'specversion 0.3': {...finalized(OBJECT), specversion: '0.3'},
  };
  for (const [title, event] of Object.entries(broken)) {
    it(`refuses ${title}`, () => {
      assert.throws(() => deliveryOf(event), {code: 'ENVELOPE_INVALID', hint: /ce-specversion: 1\.0/});
    });
  }

  it('names the attribute that is wrong', () => {
    assert.throws(() => deliveryOf({...finalized(OBJECT), specversion: '0.3'}), {message: /specversion: /});
  });

  it('throws nothing but a permanent error for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        assert.throws(() => deliveryOf(event), PermanentError);
      }),
    );
  });
});

describe('storageObjectOf', () => {
  it('keeps bucket, name and generation', () => {
    assert.deepEqual(storageObjectOf(deliveryOf(finalized(OBJECT))), OBJECT);
  });

  it('refuses an event of another type and names both', () => {
    assert.throws(() => storageObjectOf(deliveryOf(published('data-ready', OBJECT))), {
      code: 'EVENT_TYPE',
      message: /finalized, got "google\.cloud\.pubsub\.topic\.v1\.messagePublished"/,
      where: /event "message-\d+" of "\/\/pubsub/,
    });
  });

  for (const missing of ['bucket', 'name', 'generation'] as const) {
    it(`refuses an object without ${missing}`, () => {
      const {data, ...event} = finalized(OBJECT);

      assert.throws(() => storageObjectOf(deliveryOf({...event, data: {...data, [missing]: undefined}})), {
        code: 'EVENT_INVALID',
        message: new RegExp(`^${missing}: `),
      });
    });
  }

  it('keeps the longest name that an object can have', () => {
    const name = `${'é'.repeat(511)}.b`;

    assert.equal(storageObjectOf(deliveryOf(finalized({...OBJECT, name}))).name, name);
  });

  for (const [what, changes] of Object.entries({
    'name: the name of an object has at most 1024 bytes': {name: `${'é'.repeat(511)}.ba`},
    'bucket: ': {bucket: 'b'.repeat(223)},
  })) {
    it(`refuses a longer ${what.split(':')[0]} than Cloud Storage does`, () => {
      assert.throws(() => storageObjectOf(deliveryOf(finalized({...OBJECT, ...changes}))), {
        code: 'EVENT_INVALID',
        message: new RegExp(`^${what}`),
      });
    });
  }
});

describe('a generation', () => {
  it('is kept digit by digit, whether it comes as text or as a whole number', () => {
    assert.equal(generationSchema.parse('9223372036854775807'), '9223372036854775807');
    assert.equal(generationSchema.parse(1_767_225_600_000_002), '1767225600000002');
  });

  const strange = ['abc', '', '-1', '0', '007', '1.5', '1e3', ' 1', '9223372036854775808', '1'.repeat(30)];
  for (const value of [...strange, -1, 0, 1.5, 2 ** 53, Number.NaN, null, true, ['1']]) {
    it(`is not ${typeof value === 'number' ? String(value) : JSON.stringify(value)}`, () => {
      assert.ok(!generationSchema.safeParse(value).success);
    });
  }
});

describe('messageOf', () => {
  const schema = z.object({word: z.string()});

  it('reads the attributes and the JSON in the bytes', () => {
    const delivery = deliveryOf(published('topic', {word: 'größe'}, {color: 'blue'}));

    const {attributes, body, publishTime} = messageOf(schema, delivery);
    assert.deepEqual([attributes, body], [{color: 'blue'}, {word: 'größe'}]);
    assert.equal(publishTime, '2026-01-01T00:00:00Z');
  });

  it('does without attributes', () => {
    const event = published('topic', {word: ''});
    const data = {message: {data: event.data.message.data}};

    assert.deepEqual(messageOf(schema, deliveryOf({...event, data})).attributes, {});
  });

  it('refuses an event that is no message', () => {
    assert.throws(() => messageOf(schema, deliveryOf(finalized(OBJECT))), {code: 'EVENT_TYPE'});
  });

  it('refuses a body of another shape and names the field', () => {
    assert.throws(() => messageOf(schema, deliveryOf(published('topic', {word: 7}))), {
      code: 'EVENT_INVALID',
      message: /^word: /,
      hint: /Publish it again/,
    });
  });

  for (const [title, data] of [
    ['no data', undefined],
    ['bytes that are not JSON', Buffer.from('{').toString('base64')],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64')],
    ['text that was never encoded', '{"word": "plain"}'],
  ] as const) {
    it(`refuses ${title}`, () => {
      const event = {...published('topic', {}), data: {message: {data}}};

      assert.throws(() => messageOf(schema, deliveryOf(event)), {code: 'PAYLOAD_DECODE'});
    });
  }

  for (const data of [
    undefined,
    {},
    {message: 'text'},
    {message: {data: 7}},
    {message: {attributes: {a: 1}}},
  ]) {
    it(`refuses ${JSON.stringify(data)}, which carries no message`, () => {
      assert.throws(() => messageOf(schema, deliveryOf({...published('topic', {}), data})), {
        code: 'EVENT_INVALID',
      });
    });
  }
});

describe('what is believed of a message', () => {
  it('is the id of a run, in the form that runs have', () => {
    const runId = `r${'0123456789abcdefghijklmnopqrstuv'.slice(0, 26)}`;

    assert.deepEqual(runMessageSchema.parse({runId, state: 'released'}), {runId});
    for (const bad of [
      '',
      'r1',
      `${runId}0`,
      runId.toUpperCase(),
      `x${runId.slice(1)}`,
      `${runId}\n`,
      '../x',
    ]) {
      assert.ok(!runMessageSchema.safeParse({runId: bad}).success, bad);
    }
  });

  it('is the id of a build', () => {
    assert.deepEqual(buildMessageSchema.parse({id: 'b1', status: 'SUCCESS'}), {id: 'b1'});
    assert.ok(!buildMessageSchema.safeParse({status: 'SUCCESS'}).success);
  });

  it('is the id of a job: digits of Vertex AI, a word of AI Platform', () => {
    const entry = (job_id: unknown) => ({resource: {labels: {job_id}}});

    for (const id of ['123', 'r1_tune_a1'])
      assert.equal(jobLogSchema.parse(entry(id)).resource.labels.job_id, id);
    for (const bad of ['', 'a-b', '12/../3', 12]) assert.ok(!jobLogSchema.safeParse(entry(bad)).success);
    const pipeline = (id: unknown) => ({resource: {labels: {pipeline_job_id: id}}});
    assert.equal(jobLogSchema.parse(pipeline('r1-train-1')).resource.labels.job_id, 'r1-train-1');
    for (const bad of ['', '1', 'R', 'r/../1', 12]) assert.ok(!jobLogSchema.safeParse(pipeline(bad)).success);
  });
});
