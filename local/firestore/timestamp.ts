import {ApiError} from '../api-error.ts';
import type {google} from './protocol.ts';

const YEAR_1_SECONDS = -62_135_596_800;
const YEAR_10000_SECONDS = 253_402_300_800;

/** An instant at Firestore's precision, whole microseconds, in the protocol's words. */
export interface Timestamp {
  readonly seconds: string;
  readonly nanos: number;
}

/** Rounds down to microseconds, as Firestore does with every instant it is given. */
export function parseTimestamp(wire: google.protobuf.ITimestamp): Timestamp {
  const seconds = Number(wire.seconds ?? 0);
  const nanos = wire.nanos ?? 0;
  if (seconds < YEAR_1_SECONDS || seconds >= YEAR_10000_SECONDS || nanos < 0 || nanos > 999_999_999) {
    throw new ApiError('INVALID_ARGUMENT', `Timestamp seconds:${seconds} nanos:${nanos} is out of range.`);
  }
  return {seconds: String(seconds), nanos: nanos - (nanos % 1000)};
}

export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return Number(a.seconds) - Number(b.seconds) || a.nanos - b.nanos;
}

/** Microseconds since the epoch: exact as a number until the year 2255, so good for clocks, not for field values. */
export function microsOf(wire: google.protobuf.ITimestamp): number {
  const {seconds, nanos} = parseTimestamp(wire);
  return Number(seconds) * 1e6 + nanos / 1000;
}

export function timestampOf(micros: number): Timestamp {
  return {seconds: String(Math.floor(micros / 1e6)), nanos: (micros % 1e6) * 1000};
}
