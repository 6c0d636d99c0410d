import {strict as assert} from 'node:assert';
import fc from 'fast-check';
import {backoffMs, deadLetterTopic} from '../../../local/pubsub/redelivery.ts';

const retryPolicy = {minimumBackoff: {seconds: 10}, maximumBackoff: {seconds: 600}};
const deadLetterPolicy = {deadLetterTopic: 'projects/p/topics/dead', maxDeliveryAttempts: 5};

describe('backoffMs', () => {
  it('doubles from the minimum to the maximum', () => {
    const waits = [1, 2, 3, 6, 7, 100].map((attempt) => backoffMs({retryPolicy}, attempt));

    assert.deepEqual(waits, [10_000, 20_000, 40_000, 320_000, 600_000, 600_000]);
  });

  it('redelivers a pulled message at once when there is no policy', () => {
    assert.equal(backoffMs({pushConfig: {}}, 3), 0);
  });

  it('slows push down by itself when there is no policy', () => {
    const pushed = {pushConfig: {pushEndpoint: 'http://localhost/'}};

    assert.deepEqual(
      [1, 2, 100].map((attempt) => backoffMs(pushed, attempt)),
      [100, 200, 60_000],
    );
  });

  it('never shrinks and never leaves the limits', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 10_000}), (attempt) => {
        const [now, next] = [backoffMs({retryPolicy}, attempt), backoffMs({retryPolicy}, attempt + 1)];
        assert.ok(10_000 <= now && now <= next && next <= 600_000);
      }),
    );
  });
});

describe('deadLetterTopic', () => {
  it('names the topic once the attempts are used up', () => {
    assert.equal(deadLetterTopic({deadLetterPolicy}, 5), 'projects/p/topics/dead');
    assert.equal(deadLetterTopic({deadLetterPolicy}, 6), 'projects/p/topics/dead');
  });

  it('keeps a message that has attempts left', () => {
    assert.equal(deadLetterTopic({deadLetterPolicy}, 4), undefined);
  });

  it('keeps every message where there is no policy', () => {
    assert.equal(deadLetterTopic({}, 1_000_000), undefined);
    assert.equal(deadLetterTopic({deadLetterPolicy: null}, 1_000_000), undefined);
  });
});
