// Every refusal in the one shape that OpenAI's clients read: {error: {message, type, param, code}}.
// What went wrong inside is for the log: callers learn neither paths nor names that they may not see.
import { AssayError, type ErrorCode } from "../core/errors.ts";

export type ErrorBody = {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
};

export type HttpErrorOptions = {
  readonly status: number;
  readonly message: string;
  readonly code: string;
  /** The part of the request that was wrong, e.g. `messages.0.role`. */
  readonly param?: string;
  /** Sent as Retry-After. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
};

/** A refusal that knows its status. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(options: HttpErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export function errorBody(error: HttpError): ErrorBody {
  return { error: { message: error.message, type: typeOf(error.status), param: error.param, code: error.code } };
}

/** Anything thrown, as a refusal. Unknown errors say nothing of themselves. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (!AssayError.isInstance(error)) {
    if (isDatabaseError(error)) return fromCode("corrupt-state", "", error);
    return new HttpError({ status: 500, code: "internal_error", message: "something went wrong inside", cause: error });
  }
  return fromCode(error.code, error.remedy ? `${error.message}; ${error.remedy}` : error.message, error);
}

/** The control database damaged or gone under a running server. */
function isDatabaseError(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ERR_SQLITE_ERROR";
}

/** What a server whose state cannot be written says of itself. */
export const readOnlyReason =
  "answers go on, but traces, feedback and spending cannot be written down; the operator should run `assay doctor`";

/** For what would have to be kept. */
export function readOnly(cause: unknown): HttpError {
  const message = `this server can only read at the moment: ${readOnlyReason}`;
  return new HttpError({ status: 503, code: "read_only", message, cause });
}

/** A failed answer's code as a refusal. */
export function fromCode(code: ErrorCode | string, message: string, cause?: unknown): HttpError {
  const known = publicErrors[code];
  if (known === undefined)
    return new HttpError({ status: 500, code: "internal_error", message: "something went wrong inside", cause });
  const { status, code: said, param } = known;
  return new HttpError({ status, code: said, message: known.message ?? message, cause, ...(param ? { param } : {}) });
}

type PublicError = {
  readonly status: number;
  readonly code: string;
  readonly param?: string;
  /** Said instead of the error's own words, where those are the operator's business. */
  readonly message?: string;
};

const unavailable: PublicError = {
  status: 503,
  code: "index_unavailable",
  message: "the documents cannot be searched right now; the operator should run `assay doctor`",
};

const publicErrors: Readonly<Record<string, PublicError>> = {
  "bad-input": { status: 400, code: "invalid_request" },
  "no-tools": { status: 400, code: "unsupported_parameter", param: "tools" },
  "bad-usage": { status: 400, code: "invalid_request" },
  "unknown-model": { status: 404, code: "model_not_found" },
  "not-found": { status: 404, code: "not_found" },
  "no-index": unavailable,
  "corrupt-state": unavailable,
  "index-mismatch": unavailable,
  "state-in-use": unavailable,
  "disk-full": unavailable,
  "missing-key": { status: 503, code: "model_unavailable", message: "the model behind this approach has no key here" },
  "model-failed": { status: 502, code: "model_failed", message: "the model behind this approach failed" },
  "model-refused": { status: 502, code: "model_refused", message: "the model behind this approach refused to answer" },
  "model-timeout": {
    status: 504,
    code: "model_timeout",
    message: "the model behind this approach did not answer in time",
  },
  "rate-limited": { status: 429, code: "rate_limit_exceeded", message: "the model's provider limits the rate" },
  cancelled: { status: 499, code: "cancelled", message: "the request was cancelled" },
};

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
