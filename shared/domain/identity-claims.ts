import {z} from 'zod';
import {PermanentError} from '../errors.ts';

/** What a Google identity token says of itself; true only once its signature has been verified. */
export interface IdentityClaims {
  /** The key that is said to have signed it. */
  readonly keyId: string;
  /** Cloud Run has verified it and taken its signature away, so that a function cannot show it to another service. */
  readonly isStripped: boolean;
  /** Undefined when the token names nobody, or nobody whose address Google has verified. */
  readonly email: string | undefined;
}

/** Google's tokens have about 1,000 characters. */
const MAX_CHARACTERS = 4096;
const CLOCK_SKEW_SECONDS = 60;

/** What Cloud Run puts in place of the signature of a token that it has checked itself. */
const REMOVED_SIGNATURE = 'SIGNATURE_REMOVED_BY_GOOGLE';

const headerSchema = z.object({alg: z.literal('RS256'), kid: z.string().min(1).max(128)});

const payloadSchema = z.object({
  iss: z.enum(['https://accounts.google.com', 'accounts.google.com']),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  nbf: z.number().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
});

/**
 * Reads a token and checks all that can be checked without a key, so that an obviously wrong one costs no look-up of keys.
 * @param audience the one that this deployment answers to
 * @throws PermanentError TOKEN_INVALID
 */
export function readClaims(token: string, audience: string | undefined, nowMs: number): IdentityClaims {
  if (token.length > MAX_CHARACTERS) throw tokenInvalid('it is too long');
  const [header, payload, signature, ...more] = token.split('.');
  if (!header || !payload || !signature || more.length > 0) throw tokenInvalid('it has not three parts');
  const {kid} = read(headerSchema, header);
  const claims = read(payloadSchema, payload);
  if (claims.aud !== audience) throw tokenInvalid('it is for another audience');
  const nowSeconds = nowMs / 1000;
  if (claims.exp <= nowSeconds - CLOCK_SKEW_SECONDS) throw tokenInvalid('it has expired');
  if (Math.max(claims.iat, claims.nbf ?? 0) >= nowSeconds + CLOCK_SKEW_SECONDS)
    throw tokenInvalid('it is not valid yet');
  const email = claims.email_verified === true ? claims.email : undefined;
  return {keyId: kid, isStripped: signature === REMOVED_SIGNATURE, email};
}

/** Never carries the token: errors are logged. */
export function tokenInvalid(why: string): PermanentError {
  return new PermanentError('TOKEN_INVALID', `the identity token is refused: ${why}`, {
    where: 'header Authorization',
    hint: 'Send "Authorization: Bearer TOKEN" with a fresh identity token for the audience of this function.',
  });
}

function read<T>(schema: z.ZodType<T>, part: string): T {
  const parsed = schema.safeParse(jsonOf(part));
  if (parsed.success) return parsed.data;
  throw tokenInvalid(`it is no RS256 token of Google's (${parsed.error.issues[0]?.path.join('.')})`);
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
