import {createHash, createPrivateKey, createPublicKey, createSign, generateKeyPairSync} from 'node:crypto';
import type {FastifyPluginAsync} from 'fastify';
import type {State} from '../state.ts';

const TOKEN_LIFE_SECONDS = 3600;

/** How long clients may keep the certificates; Google says something like this. */
const CERTIFICATE_LIFE_SECONDS = 20_000;

interface SigningKey {
  readonly kid: string;
  readonly privatePem: string;
}

/** What an identity token is made out for. */
export interface TokenRequest {
  readonly account: string;
  readonly audience: string;
  /** `full` tells the e-mail address, too. */
  readonly format: 'standard' | 'full';
}

/** Signs identity tokens as accounts.google.com does (RS256), with a key of this cloud's own. */
export class TokenSigner {
  readonly #keys;

  constructor(state: State) {
    this.#keys = state.collection<SigningKey>('metadata.signing-keys');
  }

  sign({account, audience, format}: TokenRequest): string {
    const {kid, privatePem} = this.#key();
    const nowSeconds = Math.floor(Date.now() / 1000);
    const subject = subjectOf(account);
    const claims = {
      iss: 'https://accounts.google.com',
      aud: audience,
      azp: subject,
      sub: subject,
      iat: nowSeconds,
      exp: nowSeconds + TOKEN_LIFE_SECONDS,
      ...(format === 'full' && {email: account, email_verified: true}),
    };
    const signed = `${base64Json({alg: 'RS256', kid, typ: 'JWT'})}.${base64Json(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privatePem, 'base64url')}`;
  }

  /** `GET /oauth2/v1/certs` and `/oauth2/v3/certs` as on www.googleapis.com; v1 gives bare public keys where Google wraps them in certificates. */
  get routes(): FastifyPluginAsync {
    return async (app) => {
      app.addHook('onSend', async (_request, reply) => {
        reply.header(
          'cache-control',
          `public, max-age=${CERTIFICATE_LIFE_SECONDS}, must-revalidate, no-transform`,
        );
      });
      app.get('/oauth2/v1/certs', async () => {
        const {kid, privatePem} = this.#key();
        return {[kid]: publicKeyOf(privatePem).export({type: 'spki', format: 'pem'})};
      });
      app.get('/oauth2/v3/certs', async () => {
        const {kid, privatePem} = this.#key();
        return {keys: [{...publicKeyOf(privatePem).export({format: 'jwk'}), kid, alg: 'RS256', use: 'sig'}]};
      });
    };
  }

  /** Made on first use, since making one takes a while. */
  #key(): SigningKey {
    const known = this.#keys.get('current');
    if (known !== undefined) return known;
    const {privateKey, publicKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
    const kid = createHash('sha1')
      .update(publicKey.export({type: 'spki', format: 'der'}))
      .digest('hex');
    const made = {kid, privatePem: privateKey.export({type: 'pkcs8', format: 'pem'}).toString()};
    this.#keys.set('current', made);
    return made;
  }
}

function publicKeyOf(privatePem: string) {
  return createPublicKey(createPrivateKey(privatePem));
}

/** An account's unique id: 21 digits that follow from its name. */
function subjectOf(account: string): string {
  const digest = createHash('sha256').update(account).digest('hex');
  return `1${BigInt(`0x${digest}`).toString().slice(0, 20)}`;
}

function base64Json(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
