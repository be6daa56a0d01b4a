// Turns whatever the AI SDK throws into the one error users meet. Keys never travel along.
import { AssayError, type ErrorCode } from "../../core/errors.ts";
import type { Endpoint } from "./endpoint.ts";

type Failure = {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly remedy?: string;
  readonly isRetryable?: boolean;
};

/** What an SDK error may carry; it is told by its fields, since several copies of a package have several classes. */
type SdkError = {
  readonly name?: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly responseBody?: string;
  readonly lastError?: unknown;
  readonly cause?: unknown;
};

/** `signal` is the caller's own: where it fired, the call was cancelled and did not fail. */
export function modelError(thrown: unknown, endpoint: Endpoint, signal?: AbortSignal): AssayError {
  if (AssayError.isInstance(thrown)) return thrown;
  if (signal?.aborted) return new AssayError({ code: "cancelled", message: `${endpoint.id}: the call was cancelled` });
  const error = rootOf(thrown);
  const { code, reason, remedy, isRetryable = false } = failureOf(error, endpoint);
  return new AssayError({
    code,
    message: withoutKeys(`${endpoint.id}: ${reason}`, endpoint.key),
    isRetryable,
    ...(remedy === undefined ? {} : { remedy }),
    // The original holds the request, whose headers and text belong in no log.
    cause: new Error(withoutKeys(`${error.name ?? "Error"}: ${oneLine(error.message ?? "")}`, endpoint.key)),
  });
}

/** The last attempt of a series of retries. */
function rootOf(thrown: unknown): SdkError {
  const error: SdkError = typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) };
  return error.lastError ? rootOf(error.lastError) : error;
}

function failureOf(error: SdkError, endpoint: Endpoint): Failure {
  if (isTimeout(error)) return timeout(endpoint);
  if (error.name === "AI_LoadAPIKeyError") return rejectedKey(endpoint, "no key was given");
  if (error.name === "AI_APICallError")
    return error.statusCode === undefined ? unreachable(error, endpoint) : httpFailure(error, endpoint);
  if (/JSONParse|TypeValidation|InvalidResponseData|EmptyResponseBody/.test(error.name ?? "")) return unreadable(error);
  return { code: "model-failed", reason: oneLine(error.message ?? "failed") };
}

function isTimeout(error: SdkError): boolean {
  return error.name === "TimeoutError" || error.name === "AbortError" || error.name === "ResponseAborted";
}

function timeout(endpoint: Endpoint): Failure {
  const reason = `no complete answer within ${endpoint.timeoutMs / 1000} s`;
  return { code: "model-timeout", reason, remedy: "raise generation.timeoutMs in assay.config.ts", isRetryable: true };
}

function httpFailure(error: SdkError, endpoint: Endpoint): Failure {
  const { statusCode: status = 0, responseBody: body = "" } = error;
  const said = oneLine(error.message ?? "");
  if (status < 300) return unreadable(error);
  if (status === 401 || status === 403) return rejectedKey(endpoint, `HTTP ${status}`);
  if (status === 404) {
    const remedy = `check the name of the model and the base URL ${endpoint.baseUrl ?? ""}`.trim();
    return { code: "unknown-model", reason: `not found (HTTP 404): ${said}`, remedy };
  }
  if (status === 408 || status === 504) return timeout(endpoint);
  if (status === 429) {
    const remedy = "lower evaluation.concurrency in assay.config.ts, or run the command again later: it resumes";
    return {
      code: "rate-limited",
      reason: `turned away after every retry (HTTP 429): ${said}`,
      remedy,
      isRetryable: true,
    };
  }
  if (/content_?filter|content_policy|safety|responsible_?ai/i.test(body)) {
    return { code: "model-refused", reason: `refused by the provider's content filter: ${said}` };
  }
  return { code: "model-failed", reason: `HTTP ${status}: ${said}`, isRetryable: status >= 500 };
}

function rejectedKey(endpoint: Endpoint, why: string): Failure {
  const variable = endpoint.keyVariable ?? "the provider's key variable";
  return {
    code: "missing-key",
    reason: `the key in ${variable} was not accepted (${why})`,
    remedy: `export ${variable}=…`,
  };
}

function unreachable(error: SdkError, endpoint: Endpoint): Failure {
  const where = endpoint.baseUrl ? ` at ${endpoint.baseUrl}` : "";
  const reason = `no connection${where}: ${oneLine(error.message ?? "").replace(/^Cannot connect to API:\s*/, "")}`;
  return { code: "model-failed", reason, remedy: "start the server, or correct its address", isRetryable: true };
}

function unreadable(error: SdkError): Failure {
  return {
    code: "model-failed",
    reason: `the reply could not be read: ${oneLine(error.message ?? "")}`,
    isRetryable: true,
  };
}

const longestReason = 200;

function oneLine(message: string): string {
  const line = message.replace(/\s+/g, " ").trim();
  return line.length <= longestReason ? line : `${line.slice(0, longestReason - 1)}…`;
}

/** Providers echo rejected keys, in full or in part. */
function withoutKeys(message: string, key: string | undefined): string {
  const known = key ? message.replaceAll(key, "[key]") : message;
  return known.replace(/\b(?:sk|pk|gsk|key|xai|AIza)[-_][\w*.-]{6,}/g, "[key]").replace(/\bAIza[\w-]{10,}/g, "[key]");
}
