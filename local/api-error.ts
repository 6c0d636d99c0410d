import {status as grpcStatus} from '@grpc/grpc-js';

/** Canonical error names of `google.rpc.Code`, with the HTTP status each maps to. */
const HTTP_STATUS = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  UNAUTHENTICATED: 401,
} as const;

export type ErrorStatus = keyof typeof HTTP_STATUS;

/** An error as a Google API answers it, over HTTP/JSON or gRPC. `reason` is the word Cloud Storage clients act on. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: ErrorStatus;
  readonly httpCode: number;
  readonly reason: string | undefined;

  constructor(status: ErrorStatus, message: string, options: {httpCode?: number; reason?: string} = {}) {
    super(message);
    this.status = status;
    this.httpCode = options.httpCode ?? HTTP_STATUS[status];
    this.reason = options.reason;
  }

  /** The gRPC status number. */
  get code(): number {
    return grpcStatus[this.status];
  }

  /** The `error` envelope of Google's JSON APIs. */
  toJson() {
    const errors = this.reason
      ? {errors: [{message: this.message, domain: 'global', reason: this.reason}]}
      : {};
    return {error: {code: this.httpCode, message: this.message, status: this.status, ...errors}};
  }
}
