import {z} from 'zod';
import {visible} from '../domain/split/excerpt.ts';
import {structureFault} from '../domain/untrusted-value.ts';
import {PermanentError} from '../errors.ts';
import type {Ports} from '../ports.ts';
import type {RequestAnswer} from '../request-ports.ts';

/** Who asks, and the key under which the request is remembered. */
export interface Asked {
  readonly caller: string;
  readonly key: string;
}

/** Does what was asked; done again for the same key, it answers the same. */
export type Perform = (asked: Asked, ports: Ports) => Promise<RequestAnswer>;

/** One thing that can be asked for: reads the body, whose `action` has named it. @throws PermanentError REQUEST_INVALID */
export type Action = (body: unknown) => Perform;

export function action<Body>(
  schema: z.ZodType<Body>,
  perform: (body: Body, asked: Asked, ports: Ports) => Promise<RequestAnswer>,
): Action {
  return (body) => {
    const request = parseRequest(schema, body);
    return (asked, ports) => perform(request, asked, ports);
  };
}

/** @throws PermanentError REQUEST_INVALID that names the field */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const fault = structureFault(value);
  if (fault !== undefined) throw requestInvalid(`${fault.path} ${fault.message}`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw requestInvalid(visible(z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' ')));
}

function requestInvalid(message: string): PermanentError {
  return new PermanentError('REQUEST_INVALID', message, {hint: 'See docs/reference/http.md.'});
}

/** Why somebody asks for something, for those who look at the run later. */
export const reasonSchema = z.string().trim().min(1).max(500);

/** The id of a run in a request. */
export const runIdSchema = z.string().regex(/^r[0-9a-v]{26}$/, 'expected a run id');
