import protos from '@google-cloud/pubsub/build/protos/protos.json' with {type: 'json'};
import type {FastifyPluginAsync, FastifyReply, FastifyRequest} from 'fastify';
import type {JSONObject} from 'proto3-json-serializer';
import protobuf from 'protobufjs';
import {ApiError} from '../api-error.ts';
import type {Broker} from './broker.ts';
import {fromJson, toJson} from './json-wire.ts';
import {publisherMethods, subscriberMethods, type Unary} from './methods.ts';
import {type Binding, bindingsOf} from './transcoding.ts';

const PATHS = ['topics', 'topics/*', 'subscriptions', 'subscriptions/*', 'snapshots', 'snapshots/*'];
/** Query parameters every Google API takes: https://cloud.google.com/apis/docs/system-parameters */
const SYSTEM_PARAMETERS = new Set([
  '$alt',
  'alt',
  'access_token',
  'fields',
  'key',
  'prettyPrint',
  'quotaUser',
]);

/** The REST form of Publisher and Subscriber under `/v1/projects/P/{topics,subscriptions}`: the gRPC methods, transcoded by their own HTTP rules. */
export function pubsubRest(broker: Broker): FastifyPluginAsync {
  const root = protobuf.Root.fromJSON(protos);
  const bindings = ['google.pubsub.v1.Publisher', 'google.pubsub.v1.Subscriber'].flatMap((service) =>
    bindingsOf(root, service),
  );
  const methods = new Map<string, Unary<never, object>>([
    ...Object.entries(publisherMethods(broker)),
    ...Object.entries(subscriberMethods(broker)),
  ]);

  async function answer(request: FastifyRequest, reply: FastifyReply) {
    const {binding, name} = findBinding(bindings, request);
    const method = methods.get(binding.method);
    if (!method) throw new ApiError('UNIMPLEMENTED', `The local Pub/Sub has no ${binding.method}.`);
    const hungUp = new AbortController();
    reply.raw.on('close', () => hungUp.abort());
    const message = fromJson(binding.requestType, requestJson(binding, name, request));
    return toJson(binding.responseType, await method(message as never, hungUp.signal));
  }

  return async (app) => {
    for (const path of PATHS) app.all(`/v1/projects/:project/${path}`, answer);
  };
}

/** @throws ApiError NOT_FOUND */
function findBinding(bindings: readonly Binding[], {method, url}: FastifyRequest) {
  const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  for (const binding of bindings) {
    const name = binding.verb === method ? binding.path.exec(path)?.[1] : undefined;
    if (name !== undefined) return {binding, name};
  }
  throw new ApiError('NOT_FOUND', `No such method: ${method} ${url}`);
}

function requestJson({nameField}: Binding, name: string, {query, body}: FastifyRequest): JSONObject {
  const parameters = Object.entries(query as Record<string, string>);
  const asked = {
    ...Object.fromEntries(parameters.filter(([key]) => !SYSTEM_PARAMETERS.has(key))),
    ...(body as JSONObject | undefined),
  };
  const [outer = '', inner] = nameField.split('.');
  if (inner === undefined) return {...asked, [outer]: name};
  return {...asked, [outer]: {...(asked[outer] as JSONObject | undefined), [inner]: name}};
}
