import {fromProto3JSON, type JSONObject, toProto3JSON} from 'proto3-json-serializer';
import type {Type} from 'protobufjs';
import {ApiError} from '../api-error.ts';

/** The shapes `grpcService` gives too, so that one method serves both wires. */
const AS_OVER_GRPC = {longs: String, enums: String, defaults: false, oneofs: true};

/**
 * Reads the JSON form of a protocol buffer message.
 * @throws ApiError INVALID_ARGUMENT for a field the message does not have or a value of the wrong type.
 */
export function fromJson(type: Type, json: JSONObject): object {
  refuseUnknownFields(type, json);
  try {
    const message = fromProto3JSON(type, json);
    return message ? type.toObject(message, AS_OVER_GRPC) : {};
  } catch (error) {
    throw invalidPayload(error instanceof Error ? error.message : String(error));
  }
}

/** Writes a protocol buffer message in its JSON form. */
export function toJson(type: Type, message: object) {
  return toProto3JSON(type.fromObject(message));
}

function refuseUnknownFields(type: Type, json: unknown): void {
  if (!isObject(json)) return;
  for (const [name, value] of Object.entries(json)) {
    const field = type.fields[name];
    if (!field) throw invalidPayload(`Unknown name "${name}": Cannot find field.`);
    const inner = field.resolve().resolvedType;
    if (field.map || !inner || !('fields' in inner)) continue;
    for (const element of Array.isArray(value) ? value : [value]) refuseUnknownFields(inner, element);
  }
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function invalidPayload(detail: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', `Invalid JSON payload received. ${detail}`, {reason: 'badRequest'});
}
