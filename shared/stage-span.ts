/** What a function did for one delivery of an event, and when. */
export interface StageSpan {
  readonly name: string;
  readonly runId: string;
  readonly start: Date;
  readonly end: Date;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** Why it failed, without secrets. */
  readonly failure?: string | undefined;
}

/** @throws what kept the span from being taken */
export type RecordSpan = (span: StageSpan) => Promise<void>;
