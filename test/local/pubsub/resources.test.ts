import {strict as assert} from 'node:assert';
import type {google} from '@google-cloud/pubsub/build/protos/protos.js';
import {checkSubscription, checkTopic, masked} from '../../../local/pubsub/resources.ts';

const name = 'projects/p/subscriptions/sub';
const topic = 'projects/p/topics/topic';
const deadLetterTopic = 'projects/p/topics/dead';

describe('checkSubscription', () => {
  it('fills in what the service defaults', () => {
    const policies = {retryPolicy: {}, deadLetterPolicy: {deadLetterTopic}};

    assert.deepEqual(checkSubscription({name, topic, ...policies}), {
      name,
      topic,
      pushConfig: {},
      ackDeadlineSeconds: 10,
      messageRetentionDuration: {seconds: '604800', nanos: 0},
      retryPolicy: {
        minimumBackoff: {seconds: '10', nanos: 0},
        maximumBackoff: {seconds: '600', nanos: 0},
      },
      deadLetterPolicy: {deadLetterTopic, maxDeliveryAttempts: 5},
    });
  });

  for (const [what, field] of [
    ['a name of another kind', {name: topic}],
    ['a name with more parts', {name: `${name}/more`}],
    ['an ack deadline under 10 seconds', {ackDeadlineSeconds: 9}],
    ['an ack deadline above 600 seconds', {ackDeadlineSeconds: 601}],
    ['a retention under 10 minutes', {messageRetentionDuration: {seconds: 599}}],
    ['a retention above 31 days', {messageRetentionDuration: {seconds: 2_678_401}}],
    ['a back-off above 600 seconds', {retryPolicy: {maximumBackoff: {seconds: 601}}}],
    [
      'a back-off that shrinks',
      {retryPolicy: {minimumBackoff: {seconds: 20}, maximumBackoff: {seconds: 10}}},
    ],
    ['fewer than 5 delivery attempts', {deadLetterPolicy: {deadLetterTopic, maxDeliveryAttempts: 4}}],
    ['more than 100 delivery attempts', {deadLetterPolicy: {deadLetterTopic, maxDeliveryAttempts: 101}}],
    ['dead letters without a topic', {deadLetterPolicy: {maxDeliveryAttempts: 5}}],
    ['a push endpoint that is no URL', {pushConfig: {pushEndpoint: 'localhost'}}],
    ['a push endpoint that is no web address', {pushConfig: {pushEndpoint: 'ftp://localhost/'}}],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => checkSubscription({name, topic, ...field}), {status: 'INVALID_ARGUMENT'});
    });
  }

  for (const [what, field] of [
    ['filters', {filter: 'attributes.a = "b"'}],
    ['exactly-once delivery', {enableExactlyOnceDelivery: true}],
    ['BigQuery subscriptions', {bigqueryConfig: {table: 't'}}],
    ['unwrapped push', {pushConfig: {pushEndpoint: 'http://localhost/', noWrapper: {}}}],
  ] as const) {
    it(`does not pretend to have ${what}`, () => {
      assert.throws(() => checkSubscription({name, topic, ...field}), {status: 'UNIMPLEMENTED'});
    });
  }

  it('accepts a missing feature that is switched off', () => {
    checkSubscription({name, topic, filter: '', enableExactlyOnceDelivery: false, messageTransforms: []});
  });
});

describe('checkTopic', () => {
  it('does not pretend to have schemas', () => {
    const schemaSettings = {schema: 'projects/p/schemas/s'};

    assert.throws(() => checkTopic({name: topic, schemaSettings}), {status: 'UNIMPLEMENTED'});
  });
});

describe('masked', () => {
  const current: google.pubsub.v1.ISubscription = {name, topic, ackDeadlineSeconds: 10, labels: {a: 'b'}};

  it('takes the masked fields and leaves the others', () => {
    const wanted = {name, ackDeadlineSeconds: 20, labels: {}};

    assert.deepEqual(masked(current, wanted, {paths: ['ack_deadline_seconds']}), {
      ...current,
      ackDeadlineSeconds: 20,
    });
  });

  it('clears a masked field the wanted resource lacks', () => {
    assert.deepEqual(masked(current, {name}, {paths: ['labels']}), {name, topic, ackDeadlineSeconds: 10});
  });

  for (const [what, paths] of [
    ['an empty mask', []],
    ['a mask of the name', ['name']],
    ['a mask of the topic', ['topic']],
    ['a mask of the ordering', ['enable_message_ordering']],
    ['a mask inside a field', ['push_config.push_endpoint']],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => masked(current, current, {paths: [...paths]}), {status: 'INVALID_ARGUMENT'});
    });
  }

  it('refuses to go without a mask', () => {
    assert.throws(() => masked(current, current, null), {status: 'INVALID_ARGUMENT'});
  });
});
