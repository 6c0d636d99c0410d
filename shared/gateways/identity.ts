import type {Config} from '../config.ts';
import {readClaims, tokenInvalid} from '../domain/identity-claims.ts';
import {PermanentError} from '../errors.ts';
import type {Identity} from '../request-ports.ts';
import {once} from './once.ts';
import {signingKeys} from './signing-keys.ts';

const KEYS_TIMEOUT_MS = 5_000;

/**
 * The second lock of an HTTP function, behind the platform's own: a token that Google signed, for the audience and for one of the
 * callers that the configuration names. Without them, everybody is refused.
 */
export function identityGateway({
  audience,
  invokers,
  certificatesUrl,
  platformVerifiesTokens,
}: Pick<Config, 'audience' | 'invokers' | 'certificatesUrl' | 'platformVerifiesTokens'>): Identity {
  const library = once(() => import('google-auth-library'));

  async function newClient() {
    const {OAuth2Client} = await library();
    return new OAuth2Client({
      transporterOptions: {timeout: KEYS_TIMEOUT_MS, retryConfig: {retry: 0}},
      ...(certificatesUrl && {endpoints: {oauth2FederatedSignonPemCertsUrl: certificatesUrl}}),
    });
  }

  // A client keeps its keys for as long as Google said; a new one asks again.
  const keysFor = signingKeys(async () => (await (await newClient()).getFederatedSignonCertsAsync()).certs);
  const verifier = once(newClient);

  async function verify(token: string, keyId: string): Promise<void> {
    const keys = await keysFor(keyId);
    const client = await verifier();
    // The library's own error repeats the token, so it is left behind.
    await client.verifySignedJwtWithCertsAsync(token, keys, audience).catch(() => {
      throw tokenInvalid('its signature is not of Google');
    });
  }

  return {
    async caller(authorization = '') {
      const [, token] = /^Bearer ([\w.-]+)$/i.exec(authorization) ?? [];
      if (token === undefined) throw tokenInvalid('there is none');
      const {keyId, isStripped, email} = readClaims(token, audience, Date.now());
      if (!(isStripped && platformVerifiesTokens)) await verify(token, keyId);
      if (email !== undefined && invokers.includes(email)) return email;
      throw new PermanentError('CALLER_REFUSED', 'this account may not call this function', {
        hint: 'Have it added to MILLRACE_INVOKERS.',
      });
    },
  };
}
