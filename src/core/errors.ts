// The one error users meet: what happened, where, and the next command to type.

export type ErrorCode =
  | "bad-usage"
  | "bad-config"
  | "bad-input"
  | "no-tools"
  | "no-documents"
  | "unreadable-document"
  | "unknown-format"
  | "bad-questions"
  | "bad-examples"
  | "unknown-model"
  | "missing-key"
  | "missing-package"
  | "model-refused"
  | "model-failed"
  | "model-timeout"
  | "rate-limited"
  | "index-mismatch"
  | "no-index"
  | "corrupt-state"
  | "state-in-use"
  | "disk-full"
  | "out-of-memory"
  | "no-device"
  | "port-in-use"
  | "not-found"
  | "below-threshold"
  | "cancelled"
  | "internal";

export type AssayErrorOptions = {
  readonly code: ErrorCode;
  /** One line: what went wrong and where. */
  readonly message: string;
  /** The next command to type or the line to change. */
  readonly remedy?: string;
  /** True where the same call may succeed later without any change. */
  readonly isRetryable?: boolean;
  readonly cause?: unknown;
};

const misuse: ReadonlySet<ErrorCode> = new Set([
  "bad-usage",
  "bad-config",
  "unknown-model",
  "missing-key",
  "missing-package",
]);

export class AssayError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly isRetryable: boolean;
  /** A plain member rather than a symbol, so that duplicate installs of the package still recognise each other's errors. */
  readonly isAssayError = true;

  constructor(options: AssayErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AssayError";
    this.code = options.code;
    this.remedy = options.remedy;
    this.isRetryable = options.isRetryable ?? false;
  }

  /** 2 for a call that can never work as typed, 1 for everything else. */
  get exitCode(): 1 | 2 {
    return misuse.has(this.code) ? 2 : 1;
  }

  /** Works where `instanceof` does not: across duplicate installs. */
  static isInstance(value: unknown): value is AssayError {
    return typeof value === "object" && value !== null && "isAssayError" in value;
  }
}
