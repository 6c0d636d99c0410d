import {z} from 'zod';
import type {Config} from '../config.ts';
import {PermanentError, RetryableError} from '../errors.ts';
import type {RequestAnswer} from '../request-ports.ts';

/** Asks the function `rerun` for something, as people and commands do. */
export interface RerunClient {
  /**
   * @param key names the request: sent again under the same key, it is done once
   * @throws PermanentError with the function's own code; RetryableError when it has not answered, or asks to wait
   */
  ask(body: object, key: string): Promise<RequestAnswer>;
}

const TIMEOUT_MS = 60_000;
const RETRIES = 2;
const TOO_MANY_REQUESTS = 429;

const answerSchema = z.object({run: z.string()});

const problemSchema = z.object({
  title: z.string(),
  code: z.string(),
  where: z.string().optional(),
  hint: z.string().optional(),
});

/** @throws PermanentError ENVIRONMENT when the configuration does not say where the function is */
export function rerunClient({rerunUrl, audience}: Pick<Config, 'rerunUrl' | 'audience'>): RerunClient {
  if (rerunUrl === undefined || audience === undefined) {
    throw new PermanentError('ENVIRONMENT', 'MILLRACE_RERUN_URL or MILLRACE_AUDIENCE is not set', {
      hint: 'See docs/reference/configuration.md.',
    });
  }
  return {
    async ask(body, key) {
      const {GoogleAuth} = await import('google-auth-library');
      const client = await new GoogleAuth().getIdTokenClient(audience);
      const token = (await client.getRequestHeaders()).get('authorization') ?? '';
      const answer = await client
        .request({
          url: rerunUrl,
          method: 'POST',
          // Cloud Run checks the second token, takes its signature away and leaves the first one whole.
          headers: {'Idempotency-Key': key, 'X-Serverless-Authorization': token},
          data: body,
          // Left to itself the client reads no application/problem+json.
          responseType: 'json',
          timeout: TIMEOUT_MS,
          retryConfig: {retry: RETRIES, httpMethodsToRetry: ['POST'], statusCodesToRetry: [[500, 599]]},
        })
        .catch((error: unknown) => {
          throw refusalOf(error);
        });
      return answerSchema.parse(answer.data);
    },
  };
}

/** Problem details become the error they were made of. */
function refusalOf(error: unknown): Error {
  const {response} = error as {response?: {status: number; data: unknown}};
  const problem = problemSchema.safeParse(response?.data).data;
  if (problem === undefined || response === undefined || response.status >= 500) {
    return new RetryableError(`asking rerun: ${error instanceof Error ? error.message : error}`, error);
  }
  const {title, code, ...rest} = problem;
  if (response.status === TOO_MANY_REQUESTS) return new RetryableError(`${code}: ${title}`, error);
  return new PermanentError(code, title, {
    cause: error,
    ...(rest.where !== undefined && {where: rest.where}),
    ...(rest.hint !== undefined && {hint: rest.hint}),
  });
}
