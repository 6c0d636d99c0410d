import {RetryableError} from '../errors.ts';
import {once} from './once.ts';
import {must} from './service-error.ts';

const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];

/** One deadline for every request: a stage submits work, it never waits in a request. */
const TIMEOUT_MS = 30_000;

/**
 * Options shared by the googleapis clients.
 * @param rootUrl where the service is, when not at Google's own address
 */
export async function clientOptions(rootUrl: string | undefined) {
  return {auth: await credentials(), timeout: TIMEOUT_MS, ...(rootUrl === undefined ? {} : {rootUrl})};
}

/** A create request leaves at most once: whether it took effect is found out by looking, never by sending again. */
export const SEND_ONCE = {retry: false} as const;

/**
 * What a request to end something is answered with when that cannot be ended, any more or yet: FAILED_PRECONDITION comes as 400,
 * and our own names are well formed.
 */
export const ENDED_OR_GONE: readonly number[] = [400, 404];

interface Page {
  readonly nextPageToken?: string | null;
}

/**
 * Every page of a list, one request after the other. A page that names itself or one before as the next would go on for ever; one that is
 * no JSON, as a proxy on the way answers, would look like an empty list.
 * @throws RetryableError for these, too
 */
export async function* allPages<P extends Page>(
  doing: string,
  list: (at: {pageToken?: string}) => Promise<{data: P}>,
): AsyncGenerator<P> {
  const seen = new Set<string>();
  let at: {pageToken?: string} = {};
  while (true) {
    const {data} = await must(doing, () => list(at));
    if (typeof data !== 'object') throw new RetryableError(`${doing}: the answer is not JSON`);
    yield data;
    const pageToken = data.nextPageToken;
    if (!pageToken) return;
    if (seen.has(pageToken))
      throw new RetryableError(`${doing}: page ${seen.size + 1} leads back to an earlier one`);
    seen.add(pageToken);
    at = {pageToken};
  }
}

/** Not an AuthPlus itself: that makes its client anew for each request, which then asks for a token, and it forgets the scopes. */
const credentials = once(async () => {
  const {AuthPlus} = await import('googleapis-common');
  const {GoogleAuth} = new AuthPlus();
  return new GoogleAuth({scopes: SCOPES});
});
