import {ApiError} from '../api-error.ts';

/** `messageId:attempt`; clients treat it as opaque. */
const ACK_ID = /^\d+:\d+$/;
const MAX_ACK_DEADLINE_SECONDS = 600;

/** @throws ApiError INVALID_ARGUMENT when there are none, or one that this service never made. */
export function checkAckIds(ackIds: readonly string[] | null | undefined): readonly string[] {
  if (!ackIds?.length) throw new ApiError('INVALID_ARGUMENT', 'No ack ids specified.');
  const foreign = ackIds.find((ackId) => !ACK_ID.test(ackId));
  if (foreign === undefined) return ackIds;
  throw new ApiError(
    'INVALID_ARGUMENT',
    `You have passed an invalid ack ID to the service (ack_id=${foreign}).`,
  );
}

/** @throws ApiError INVALID_ARGUMENT outside 0 to 600 seconds. */
export function checkAckDeadline(seconds: number | null | undefined): number {
  const deadline = seconds ?? 0;
  if (deadline >= 0 && deadline <= MAX_ACK_DEADLINE_SECONDS) return deadline;
  throw new ApiError('INVALID_ARGUMENT', `Invalid ack deadline given (ack_deadline_secs=${deadline}).`);
}
