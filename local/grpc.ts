import {
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import {fromJSON} from '@grpc/proto-loader';
import {ApiError} from './api-error.ts';

/**
 * Finds a service definition in the protocol descriptions a Google client package ships.
 * Messages arrive in the shape those packages' `I…` interfaces describe: camelCase, 64-bit integers as decimal strings, enums as names.
 * @param protos the package's parsed `protos.json`
 * @param name the full service name, e.g. `google.pubsub.v1.Publisher`
 */
export function grpcService(protos: object, name: string): ServiceDefinition {
  const definition = fromJSON(protos, {longs: String, enums: String, defaults: false, oneofs: true});
  const found = name
    .split('.')
    .reduce<GrpcObject | undefined>(
      (at, part) => at?.[part] as GrpcObject | undefined,
      loadPackageDefinition(definition),
    );
  if (found === undefined) throw new Error(`no service ${name} in these protos`);
  return (found as unknown as ServiceClientConstructor).service;
}

/** The error a gRPC handler hands to its callback or emits on its stream. */
export function grpcError(error: unknown): ServiceError {
  const known = error instanceof ApiError ? error : new ApiError('INTERNAL', String(error));
  if (known !== error) console.error(error);
  return Object.assign(new Error(known.message), {
    code: known.code,
    details: known.message,
    metadata: new Metadata(),
  });
}
