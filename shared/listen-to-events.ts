import {z} from 'zod';
import {MESSAGE_PUBLISHED} from './domain/events.ts';
import {PermanentError} from './errors.ts';
import type {EventHandler} from './handle.ts';
import type {Listener, RawRequest} from './serve.ts';

/** Nothing to say: the event is done with. */
const ACKNOWLEDGED = 204;

/** Hands each request on as a CloudEvent. Acknowledges it when the handler resolves; else it is delivered again. */
export function listenToEvents(handler: EventHandler): Listener {
  return async (request) => {
    if (request.method !== 'POST') {
      throw new PermanentError('METHOD_NOT_ALLOWED', `${request.method} is not POST`);
    }
    await handler(cloudEventOf(request));
    return {status: ACKNOWLEDGED};
  };
}

/** Pub/Sub's own wrapper. https://docs.cloud.google.com/pubsub/docs/push#receive_push */
const pushSchema = z.object({message: z.object({messageId: z.string()}), subscription: z.string()});

/**
 * In binary or in structured mode; which one, says the content type. A message that a subscription pushes by itself, without
 * Eventarc, becomes the event that Eventarc would make of it. What is no event is handed on as well: the handler rejects it.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3-http-message-mapping
 */
function cloudEventOf({headers, body}: RawRequest): unknown {
  const data = jsonOf(body);
  if (/^application\/cloudevents\+json\s*(;|$)/i.test(String(headers['content-type']))) return data;
  const attributes = Object.entries(headers).filter(([name]) => name.startsWith('ce-'));
  const pushed = attributes.length === 0 ? pushSchema.safeParse(data).data : undefined;
  if (pushed !== undefined) {
    const source = `//pubsub.googleapis.com/${pushed.subscription}`;
    return {id: pushed.message.messageId, source, type: MESSAGE_PUBLISHED, specversion: '1.0', data};
  }
  return {...Object.fromEntries(attributes.map(([name, value]) => [name.slice('ce-'.length), value])), data};
}

/** Undefined when it is not JSON: no delivery of it ever will be. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
