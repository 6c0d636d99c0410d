import assert from 'node:assert/strict';
import {hideSecrets, secretIn} from '../../../shared/domain/secrets.ts';
import {PermanentError} from '../../../shared/errors.ts';
import {SECRET_EXAMPLES} from '../../support/secret-examples.ts';

describe('hideSecrets', () => {
  for (const [what, secret] of Object.entries(SECRET_EXAMPLES)) {
    it(`hides ${what}, wherever it stands, also in a line of JSON`, () => {
      for (const text of [secret, `refused: ${secret}, sorry`, `"a\n${secret}\n"`, `(${secret})`]) {
        const hidden = hideSecrets(JSON.stringify({text}));

        assert.match(hidden, /\[secret\]/);
        assert.ok(!hidden.includes(JSON.stringify(secret).slice(1, -1)), hidden);
        assert.equal(typeof JSON.parse(hidden).text, 'string');
      }
    });
  }

  const harmless = [
    'projects/1/locations/us-central1/customJobs/2',
    'a'.repeat(64),
    'gs://the-data/flowers/data/a:b@c.csv',
    'Bearer of bad news',
    'http://127.0.0.1:8080/projects/p@q',
    '-----BEGIN CERTIFICATE-----',
    'r0123456789abcdefghijklmnopq',
  ];
  for (const text of harmless) {
    it(`leaves ${text} as it is`, () => {
      assert.equal(hideSecrets(text), text);
    });
  }

  const hostile = {
    'beginnings of tokens': 'eyJ'.repeat(33_000),
    'beginnings of tokens after escapes': String.raw`\neyJ`.repeat(20_000),
    'beginnings of tokens with dots': 'eyJa.'.repeat(20_000),
    'keys that never end': '-----BEGIN PRIVATE KEY-----'.repeat(3_700),
    'one key without end': `-----BEGIN PRIVATE KEY-----${'A'.repeat(100_000)}`,
    'capitals that begin a key': `-----BEGIN ${'A '.repeat(50_000)}`,
    addresses: 'a://b:'.repeat(16_000),
    'short refresh tokens': '1//0'.repeat(25_000),
  };
  for (const [what, text] of Object.entries(hostile)) {
    it(`reads 100 KB of ${what} at once`, () => {
      const beganMs = performance.now();

      hideSecrets(text);

      assert.ok(performance.now() - beganMs < 250);
    });
  }
});

describe('secretIn', () => {
  for (const [what, secret] of Object.entries(SECRET_EXAMPLES)) {
    it(`knows ${what}`, () => {
      assert.equal(secretIn(`= ${secret}`), what);
    });
  }

  it('knows no secret in plain words', () => {
    assert.equal(secretIn('species of the flowers'), undefined);
  });
});

describe('a permanent error', () => {
  for (const [what, secret] of Object.entries(SECRET_EXAMPLES)) {
    it(`never says ${what}, wherever it had it from`, () => {
      const error = new PermanentError('SERVICE_REFUSED', `refused: ${secret}`, {where: `at ${secret}`});

      assert.ok(!`${error.message} ${error.where} ${error.stack}`.includes(secret));
      assert.match(error.message, /^refused: \S*\[secret\]/);
    });
  }
});
