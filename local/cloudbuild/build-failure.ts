/** `failureInfo.type` of a build, as far as the local cloud can fail. */
export type FailureType =
  | 'FETCH_SOURCE_FAILED'
  | 'USER_BUILD_STEP'
  | 'PUSH_FAILED'
  | 'PUSH_IMAGE_NOT_FOUND'
  | 'PUSH_NOT_AUTHORIZED';

/** A build that cannot succeed; the message becomes `failureInfo.detail`. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
  readonly type: FailureType;

  constructor(type: FailureType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
  }

  /** Puts a failed piece of work into the service's words. */
  static of(type: FailureType, what: string, error: unknown): BuildFailure {
    const why = error instanceof Error ? error.message : String(error);
    return new BuildFailure(type, `${what}: ${why}`, {cause: error});
  }
}
