import assert from 'node:assert/strict';
import {PermanentError, RefusedError, RetryableError} from '../../../shared/errors.ts';
import {call, must, serviceError, statusOf} from '../../../shared/gateways/service-error.ts';

function failure(properties: object, message = 'it said no'): Error {
  return Object.assign(new Error(message), properties);
}

describe('statusOf', () => {
  it('reads the number that each client puts somewhere else', () => {
    assert.equal(statusOf(failure({code: 404})), 404);
    assert.equal(statusOf(failure({code: '404'})), 404);
    assert.equal(statusOf(failure({code: 'ERR_BAD_REQUEST', status: 404})), 404);
    assert.equal(statusOf(failure({code: 6})), 6);
  });

  it('finds none where there is none', () => {
    for (const error of [
      failure({}),
      failure({code: 'ECONNRESET'}),
      failure({code: 0}),
      'text',
      undefined,
      null,
    ]) {
      assert.equal(statusOf(error), undefined);
    }
  });
});

describe('serviceError', () => {
  const grpc = {
    permanent: [3, 5, 11, 12],
    refused: [7, 8, 9, 16],
    retryable: [1, 2, 4, 6, 10, 13, 14, 15],
  };
  const http = {
    permanent: [400, 404, 405, 410, 413, 422],
    refused: [401, 403, 429],
    retryable: [408, 409, 412, 499, 500, 502, 503, 504],
  };
  for (const [protocol, statuses] of Object.entries({grpc, http})) {
    it(`gives up on ${protocol} ${statuses.permanent.join(', ')}`, () => {
      for (const code of statuses.permanent) {
        const error = serviceError(failure({code}), 'reading');
        assert.ok(error instanceof PermanentError, String(code));
        assert.equal(error.code, 'SERVICE_REFUSED');
        assert.match(error.hint ?? '', /then rerun/);
      }
    });

    it(`knows that ${protocol} ${statuses.refused.join(', ')} did nothing and may pass`, () => {
      for (const code of statuses.refused) {
        assert.ok(serviceError(failure({code}), 'reading') instanceof RefusedError, String(code));
      }
    });

    it(`tries again after ${protocol} ${statuses.retryable.join(', ')} without believing that nothing was done`, () => {
      for (const code of statuses.retryable) {
        const error = serviceError(failure({code}), 'reading');
        assert.equal(error.name, 'RetryableError', String(code));
      }
    });
  }

  it('knows that nobody listened to a refused connection', () => {
    assert.ok(serviceError(failure({code: 'ECONNREFUSED'}), 'reading') instanceof RefusedError);
  });

  it('does not know what a broken connection did', () => {
    for (const code of ['ECONNRESET', 'ETIMEDOUT', 'EPIPE']) {
      assert.equal(serviceError(failure({code}), 'reading').name, 'RetryableError', code);
    }
  });

  it('tries again after what nobody foresaw', () => {
    for (const error of [failure({}), 'text', undefined, null]) {
      assert.equal(serviceError(error, 'reading').name, 'RetryableError');
    }
  });

  it('says what was being done and keeps the cause', () => {
    const cause = failure({code: 503});

    const error = serviceError(cause, 'reading run r1');

    assert.equal(error.message, 'reading run r1: it said no');
    assert.equal(error.cause, cause);
  });

  it('leaves alone what is judged already', () => {
    for (const error of [new PermanentError('A', 'b'), new RetryableError('c'), new RefusedError('d')]) {
      assert.equal(serviceError(error, 'reading'), error);
    }
  });
});

describe('call', () => {
  it('gives what the service gives', async () => {
    assert.equal(await call('reading', async () => 7), 7);
  });

  it('takes the statuses it is told for an absent answer', async () => {
    assert.equal(await call('reading', () => Promise.reject(failure({code: 404})), [404]), undefined);
  });

  it('translates every other failure', async () => {
    await assert.rejects(
      call('reading', () => Promise.reject(failure({code: 403})), [404]),
      /^RefusedError: reading: it said no$/,
    );
    await assert.rejects(
      call('reading', () => Promise.reject(failure({})), [404]),
      /^RetryableError: reading: it said no$/,
    );
  });
});

describe('must', () => {
  it('gives what the service gives, or its failure translated', async () => {
    assert.equal(await must('reading', async () => 7), 7);
    await assert.rejects(
      must('reading', () => Promise.reject(failure({code: 404}))),
      {name: 'PermanentError', code: 'SERVICE_REFUSED', message: 'reading: it said no'},
    );
  });
});
