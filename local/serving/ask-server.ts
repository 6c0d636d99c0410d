import {z} from 'zod';
import {ApiError} from '../api-error.ts';

/** A public endpoint takes 1.5 MB per request and gives the server a minute. */
const MAX_REQUEST_BYTES = 1_500_000;
const ANSWER_TIMEOUT_MS = 60_000;

/** Source: https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements#response_requirements */
const serverAnswer = z.object({predictions: z.array(z.unknown())});

const serverError = z.object({error: z.union([z.string(), z.object({message: z.string()})])});

export interface Question {
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** @throws ApiError INVALID_ARGUMENT */
export function assertSize({body}: Question): void {
  if (Buffer.byteLength(body) <= MAX_REQUEST_BYTES) return;
  throw new ApiError(
    'INVALID_ARGUMENT',
    `Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`,
  );
}

/** Rejects when the server gives no answer. */
export async function askServer(url: string, {contentType, body}: Question): Promise<Response> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  return fetch(url, {method: 'POST', headers: {'content-type': contentType}, body, signal});
}

/**
 * The predictions in a server's answer.
 * @throws ApiError FAILED_PRECONDITION (400) with the server's own words when it refused, INTERNAL when it answered no predictions.
 */
export function predictionsOf(ok: boolean, text: string): unknown[] {
  const answer = parseJson(text);
  if (!ok) throw new ApiError('FAILED_PRECONDITION', `Prediction failed: ${errorText(answer) ?? text}`);
  const {data} = serverAnswer.safeParse(answer);
  if (data !== undefined) return data.predictions;
  throw new ApiError(
    'INTERNAL',
    `Invalid response from prediction server - the response field predictions is missing. Response: ${text}`,
  );
}

function errorText(answer: unknown): string | undefined {
  const {data} = serverError.safeParse(answer);
  return typeof data?.error === 'string' ? data.error : data?.error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
