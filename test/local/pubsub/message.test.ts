import {strict as assert} from 'node:assert';
import {checkMessages, pubsubMessage, stamp} from '../../../local/pubsub/message.ts';

const MIB = 1024 * 1024;
const hello = {data: Buffer.from('hello')};

describe('checkMessages', () => {
  for (const [what, messages] of [
    ['no message', []],
    ['a message with neither data nor attributes', [hello, {}]],
    ['more than 1000 messages', Array.from({length: 1001}, () => hello)],
    ['more than 10 MiB', [{data: Buffer.alloc(10 * MIB + 1)}]],
    ['more than 10 MiB in all', [{data: Buffer.alloc(6 * MIB)}, {data: Buffer.alloc(6 * MIB)}]],
    [
      'more than 100 attributes',
      [{attributes: Object.fromEntries(Array.from({length: 101}, (_, n) => [`key${n}`, '']))}],
    ],
    ['an attribute without a name', [{attributes: {'': 'x'}}]],
    ['an attribute name of more than 256 bytes', [{attributes: {['k'.repeat(257)]: 'x'}}]],
    ['an attribute name that starts with goog', [{attributes: {googclient: 'x'}}]],
    ['an attribute value of more than 1024 bytes', [{attributes: {key: 'ü'.repeat(513)}}]],
    ['an ordering key of more than 1024 bytes', [{...hello, orderingKey: 'k'.repeat(1025)}]],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => checkMessages(messages), {status: 'INVALID_ARGUMENT'});
    });
  }

  for (const [what, message] of [
    ['attributes alone', {attributes: {key: ''}}],
    ['exactly 10 MiB', {data: Buffer.alloc(10 * MIB)}],
  ] as const) {
    it(`accepts ${what}`, () => {
      checkMessages([message]);
    });
  }
});

describe('pubsubMessage', () => {
  it('gives back what was published, with its id and time', () => {
    const published = {...hello, attributes: {a: 'b'}, orderingKey: 'run'};

    assert.deepEqual(pubsubMessage(stamp(published, '7', 1_500)), {
      data: hello.data.toString('base64'),
      attributes: {a: 'b'},
      messageId: '7',
      publishTime: {seconds: 1, nanos: 500_000_000},
      orderingKey: 'run',
    });
  });
});
