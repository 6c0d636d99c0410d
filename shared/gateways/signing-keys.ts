import {RetryableError} from '../errors.ts';

const REFRESH_MS = 3_600_000;
const PAUSE_MS = 60_000;

/**
 * Remembers the keys that tokens are signed with, by key id. They are fetched again after an hour, or when a token names an unknown one,
 * but at most once a minute: made-up key ids cannot cause a storm of requests. Keys that cannot be refreshed stay in use.
 */
export function signingKeys<Keys extends object>(
  fetchKeys: () => Promise<Keys>,
): (keyId: string) => Promise<Keys> {
  let keys: Keys | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asked = Promise.resolve();

  async function refresh(): Promise<void> {
    keys = await fetchKeys();
  }

  return async (keyId) => {
    const isKnown = keys !== undefined && Object.hasOwn(keys, keyId);
    if (Date.now() - askedAtMs >= (isKnown ? REFRESH_MS : PAUSE_MS)) {
      askedAtMs = Date.now();
      asked = refresh();
    }
    const failure = await asked.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (keys !== undefined) return keys;
    throw new RetryableError('the keys that sign identity tokens cannot be read', failure);
  };
}
