import {once} from './once.ts';

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

const credentials = once(async () => {
  const {AuthPlus} = await import('googleapis-common');
  return new AuthPlus({scopes: SCOPES});
});
