/** A Pub/Sub message as a service hands it over; `data` are raw bytes. */
export interface OutgoingMessage {
  readonly data: Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
}

/**
 * Publishes to a topic named `projects/P/topics/T`; returns the message id.
 * @throws ApiError NOT_FOUND when the topic does not exist.
 */
export type Publish = (topic: string, message: OutgoingMessage) => string;
