import type {google} from '@google-cloud/pubsub/build/protos/protos.js';

/** A protocol buffer duration in milliseconds. */
export function durationMs(duration: google.protobuf.IDuration): number {
  return Number(duration.seconds ?? 0) * 1000 + (duration.nanos ?? 0) / 1e6;
}

/** A whole number of seconds as a protocol buffer duration. */
export function seconds(count: number): google.protobuf.IDuration {
  return {seconds: String(count), nanos: 0};
}
