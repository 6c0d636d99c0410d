import assert from 'node:assert/strict';
import {createHmac, createSign, generateKeyPairSync, type KeyObject} from 'node:crypto';
import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {inspect} from 'node:util';
import {useFakeTimers} from 'sinon';
import {identityGateway} from '../../../shared/gateways/identity.ts';
import type {Identity} from '../../../shared/request-ports.ts';

const EMAIL = 'jo@the-project.example';
const NOW_SECONDS = 1_800_000_000;
const KEYS = generateKeyPairSync('rsa', {modulusLength: 2048});
const OTHER_KEYS = generateKeyPairSync('rsa', {modulusLength: 2048});
const PUBLIC_PEM = KEYS.publicKey.export({type: 'spki', format: 'pem'}).toString();

const HEADER = {alg: 'RS256', kid: 'key-1', typ: 'JWT'};
const CLAIMS = {
  iss: 'https://accounts.google.com',
  aud: 'the-audience',
  sub: '1',
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + 3600,
  email: EMAIL,
  email_verified: true,
};

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function token(claims: object = {}, header: object = {}, key: KeyObject = KEYS.privateKey): string {
  const signed = `${part({...HEADER, ...header})}.${part({...CLAIMS, ...claims})}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

function hmacToken(): string {
  const signed = `${part({...HEADER, alg: 'HS256'})}.${part(CLAIMS)}`;
  return `${signed}.${createHmac('sha256', PUBLIC_PEM).update(signed).digest('base64url')}`;
}

function tampered(): string {
  const [header, , signature] = token().split('.');
  return `${header}.${part({...CLAIMS, email: 'root@the-project.example'})}.${signature}`;
}

describe('the identity of a caller', () => {
  let server: Server;
  let identity: Identity;
  let fetches: number;
  let published: Record<string, string>;
  let clock: ReturnType<typeof useFakeTimers>;

  beforeEach(async () => {
    fetches = 0;
    published = {'key-1': PUBLIC_PEM};
    server = createServer((_request, response) => {
      fetches++;
      response.setHeader('content-type', 'application/json');
      response.setHeader('cache-control', 'public, max-age=20000');
      response.end(JSON.stringify(published));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const {port} = server.address() as AddressInfo;
    identity = identityGateway({
      audience: 'the-audience',
      invokers: [EMAIL],
      certificatesUrl: `http://127.0.0.1:${port}/certs`,
      platformVerifiesTokens: false,
    });
    clock = useFakeTimers({now: NOW_SECONDS * 1000, toFake: ['Date']});
  });

  afterEach(async () => {
    clock.restore();
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it('is the verified e-mail address of an allowed account', async () => {
    assert.equal(await identity.caller(`Bearer ${token()}`), EMAIL);
  });

  it('is taken from either spelling of Google as the issuer', async () => {
    assert.equal(await identity.caller(`Bearer ${token({iss: 'accounts.google.com'})}`), EMAIL);
  });

  for (const claims of [{exp: NOW_SECONDS - 59}, {iat: NOW_SECONDS + 59}]) {
    it(`bears clocks that differ by less than a minute: ${JSON.stringify(claims)}`, async () => {
      assert.equal(await identity.caller(`Bearer ${token(claims)}`), EMAIL);
    });
  }

  it('costs one fetch of the keys for many callers', async () => {
    await Promise.all(Array.from({length: 50}, () => identity.caller(`Bearer ${token()}`)));

    assert.equal(fetches, 1);
  });

  describe('behind a platform that verifies tokens and removes their signatures', () => {
    const removed = (claims: object = {}) =>
      `Bearer ${token(claims).replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE')}`;
    const behind = (audience?: string) =>
      identityGateway({
        audience,
        invokers: [EMAIL],
        certificatesUrl: undefined,
        platformVerifiesTokens: true,
      });

    it('is that of a token without its signature', async () => {
      assert.equal(await behind('the-audience').caller(removed()), EMAIL);
    });

    for (const claims of [{aud: 'another'}, {exp: NOW_SECONDS - 60}, {iss: 'https://evil.example'}]) {
      it(`is still refused for ${JSON.stringify(claims)}`, async () => {
        await assert.rejects(behind('the-audience').caller(removed(claims)), {code: 'TOKEN_INVALID'});
      });
    }

    it('is refused to a stranger, and to everybody without an audience', async () => {
      const stranger = removed({email: 'eve@elsewhere.example'});
      await assert.rejects(behind('the-audience').caller(stranger), {code: 'CALLER_REFUSED'});
      await assert.rejects(behind().caller(removed()), {code: 'TOKEN_INVALID'});
    });
  });

  /** The code of a refusal, of which nothing that is logged holds the token or a part of it. */
  async function refusalOf(authorization: string | undefined): Promise<unknown> {
    const refusal = await identity.caller(authorization).catch((error: unknown) => error);
    assert.ok(refusal instanceof Error && 'code' in refusal);
    const said = inspect(refusal);
    for (const secret of authorization?.split(/[ .,]+/).slice(1) ?? [])
      assert.ok(secret.length < 8 || !said.includes(secret), said);
    return refusal.code;
  }

  /** Refused before a key is looked at. */
  const invalid: Record<string, string | undefined> = {
    'no header': undefined,
    'another scheme': 'Basic am86am8=',
    'an empty token': 'Bearer ',
    'two tokens': `Bearer ${token()}, Bearer ${token()}`,
    'two parts': `Bearer ${part(HEADER)}.${part(CLAIMS)}`,
    'four parts': `Bearer ${token()}.e30`,
    'parts that are not JSON': 'Bearer abc.def.ghi',
    'an expired token': `Bearer ${token({exp: NOW_SECONDS - 60})}`,
    'a token of the future': `Bearer ${token({iat: NOW_SECONDS + 60})}`,
    'nbf in the future': `Bearer ${token({nbf: NOW_SECONDS + 600})}`,
    'exp as text': `Bearer ${token({exp: 'never'})}`,
    'no exp': `Bearer ${token({exp: undefined})}`,
    'another audience': `Bearer ${token({aud: 'https://other.example'})}`,
    'a list of audiences': `Bearer ${token({aud: ['the-audience']})}`,
    'no audience': `Bearer ${token({aud: undefined})}`,
    'another issuer': `Bearer ${token({iss: 'https://accounts.google.com.evil.example'})}`,
    'alg none': `Bearer ${part({...HEADER, alg: 'none'})}.${part(CLAIMS)}.`,
    'alg none with a signature': `Bearer ${token({}, {alg: 'none'})}`,
    'HS256 with the public key as the secret': `Bearer ${hmacToken()}`,
    ES256: `Bearer ${token({}, {alg: 'ES256'})}`,
    'no key id': `Bearer ${token({}, {kid: undefined})}`,
    '8 KB': `Bearer ${token({padding: 'x'.repeat(8192)})}`,
  };
  for (const [what, authorization] of Object.entries(invalid)) {
    it(`refuses ${what} without fetching a key`, async () => {
      assert.equal(await refusalOf(authorization), 'TOKEN_INVALID');
      assert.equal(fetches, 0);
    });
  }

  const forged: Record<string, string> = {
    'signed by another key': token({}, {}, OTHER_KEYS.privateKey),
    'changed after signing': tampered(),
    'with an unknown key id': token({}, {kid: 'key-2'}),
    'with a key id that every object has': token({}, {kid: 'constructor'}),
    'whose signature the platform has removed': token().replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE'),
  };
  for (const [what, value] of Object.entries(forged)) {
    it(`refuses a token ${what}, and does not repeat it`, async () => {
      assert.equal(await refusalOf(`Bearer ${value}`), 'TOKEN_INVALID');
    });
  }

  const strangers: Record<string, object> = {
    'of an account that is not listed': {email: 'mallory@the-project.example'},
    'without an e-mail address': {email: undefined},
    'whose address is not verified': {email_verified: false},
    'that does not say whether its address is verified': {email_verified: undefined},
    'of a look-alike address': {email: EMAIL.replace('o', 'о')},
    'of an address in capitals': {email: EMAIL.toUpperCase()},
  };
  for (const [what, claims] of Object.entries(strangers)) {
    it(`refuses a good token ${what}`, async () => {
      assert.equal(await refusalOf(`Bearer ${token(claims)}`), 'CALLER_REFUSED');
    });
  }

  it('refuses a hundred made-up key ids with one fetch of the keys', async () => {
    const tokens = Array.from({length: 100}, (_, index) => token({}, {kid: `made-up-${index}`}));

    const refused = await Promise.allSettled(tokens.map((value) => identity.caller(`Bearer ${value}`)));

    assert.ok(refused.every(({status}) => status === 'rejected'));
    assert.equal(fetches, 1);
  });

  it('learns a new key a minute after it last asked', async () => {
    await identity.caller(`Bearer ${token()}`);
    published = {'key-2': OTHER_KEYS.publicKey.export({type: 'spki', format: 'pem'}).toString()};
    const renewed = token({}, {kid: 'key-2'}, OTHER_KEYS.privateKey);
    await assert.rejects(identity.caller(`Bearer ${renewed}`), {code: 'TOKEN_INVALID'});

    clock.tick(60_000);

    assert.equal(await identity.caller(`Bearer ${renewed}`), EMAIL);
    assert.equal(fetches, 2);
  });

  it('asks to try again while the keys cannot be read, once a minute', async () => {
    server.removeAllListeners('request');
    server.on('request', (_request, response) => {
      fetches++;
      response.writeHead(500).end();
    });

    for (let call = 0; call < 5; call++) {
      await assert.rejects(identity.caller(`Bearer ${token()}`), {name: 'RetryableError'});
    }
    assert.equal(fetches, 1);
  });

  it('refuses everybody in a deployment that names no audience', async () => {
    const closed = identityGateway({
      audience: undefined,
      invokers: [EMAIL],
      certificatesUrl: undefined,
      platformVerifiesTokens: false,
    });

    await assert.rejects(closed.caller(`Bearer ${token()}`), {code: 'TOKEN_INVALID'});
    await assert.rejects(closed.caller(`Bearer ${token({aud: undefined})}`), {code: 'TOKEN_INVALID'});
  });
});
