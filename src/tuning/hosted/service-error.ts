// What a fine-tuning service answered when it did not do as asked. Tells what a retry may do, and never holds a key.
import type { Json } from "../../core/json.ts";

type Reply = {
  readonly label: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json | undefined;
  readonly text: string;
  readonly key: string;
};

type Facts = {
  readonly status: number | null;
  readonly code: string | null;
  readonly message: string;
  readonly requestId?: string | null;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
};

const longestMessage = 200;

/** What is worth having and no reason to fail: `otherwise` where the service has no such thing or refuses it. */
export async function unlessRefused<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ServiceError && !error.isTransient) return otherwise;
    throw error;
  }
}

export class ServiceError extends Error {
  /** Null where no answer came. */
  readonly status: number | null;
  /** The service's own word: OpenAI's `error.code`, a gRPC name. */
  readonly code: string | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | undefined;

  private constructor(facts: Facts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "ServiceError";
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId ?? null;
    this.retryAfterMs = facts.retryAfterMs;
  }

  /** The same call may succeed later. A quota that is used up comes as 429 too, and waiting does not fill it. */
  get isTransient(): boolean {
    if (this.status === null) return true;
    if (this.isQuota) return false;
    return [408, 409, 429].includes(this.status) || this.status >= 500;
  }

  get isQuota(): boolean {
    return this.status === 402 || this.code === "insufficient_quota" || this.code === "billing_hard_limit_reached";
  }

  /** The service turned the call away before doing anything. */
  get didNothing(): boolean {
    return this.status === 429;
  }

  /** It may have been done all the same. */
  get isAmbiguous(): boolean {
    return this.isTransient && !this.didNothing;
  }

  static ofReply({ label, status, headers, body, text, key }: Reply): ServiceError {
    const { code, message } = errorIn(body);
    const said = oneLine(message ?? text, key);
    const retryAfterMs = retryAfter(headers);
    return new ServiceError({
      status,
      code,
      message: `${label}: HTTP ${status}${said === "" ? "" : `: ${said}`}`,
      requestId: headers.get("x-request-id"),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  static unreachable(label: string, cause: unknown): ServiceError {
    const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
    const reason = inner instanceof Error ? inner.message : String(inner);
    return new ServiceError({
      status: null,
      code: null,
      message: `${label}: no answer (${oneLine(reason, "")})`,
      cause,
    });
  }

  static unreadable(label: string, text: string): ServiceError {
    return new ServiceError({
      status: null,
      code: null,
      message: `${label}: its answer is not JSON: ${oneLine(text, "")}`,
    });
  }
}

/** OpenAI and Together nest `error`; Fireworks has gRPC's `code` and `message`. */
function errorIn(body: Json | undefined): { readonly code: string | null; readonly message?: string } {
  const outer = asRecord(body);
  const error = asRecord(outer["error"]);
  const { code = null, message } = Object.keys(error).length > 0 ? error : outer;
  return {
    code: code === null ? null : String(code),
    ...(typeof message === "string"
      ? { message }
      : typeof outer["error"] === "string"
        ? { message: outer["error"] }
        : {}),
  };
}

function asRecord(value: Json | undefined): Readonly<Record<string, Json | undefined>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};
}

/** Seconds, a date, or OpenAI's milliseconds. */
function retryAfter(headers: Headers): number | undefined {
  const ms = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Services echo rejected keys, in full or in part. */
function oneLine(text: string, key: string): string {
  const hidden = (key === "" ? text : text.replaceAll(key, "[key]")).replace(
    /\b(?:sk|fw|tgp|key)[-_][\w*.-]{6,}/g,
    "[key]",
  );
  const line = hidden.replace(/\s+/g, " ").trim();
  return line.length <= longestMessage ? line : `${line.slice(0, longestMessage - 1)}…`;
}
