import type {HttpOptions} from './http-call.ts';

const ACCOUNT = 'computeMetadata/v1/instance/service-accounts/default';

/**
 * Proves the caller's identity with tokens from the metadata server at `base`.
 * Where none is to be had, the request goes without, and the receiver refuses it.
 */
export function metadataTokens(base: () => string, fetcher: typeof fetch): HttpOptions['authorize'] {
  const ask = async (path: string, signal: AbortSignal) => {
    const url = `${base()}/${ACCOUNT}/${path}`;
    const answer = await fetcher(url, {headers: {'metadata-flavor': 'Google'}, signal});
    return answer.ok ? answer : undefined;
  };
  return async (auth, signal) => {
    if (auth.type === 'OIDC') {
      const identity = await ask(
        `identity?format=full&audience=${encodeURIComponent(auth.audience)}`,
        signal,
      );
      return identity && `Bearer ${await identity.text()}`;
    }
    const access = await ask('token', signal);
    return access && `Bearer ${((await access.json()) as {access_token: string}).access_token}`;
  };
}
