// HTTP to a fine-tuning service: keys, retries that honour Retry-After, and errors that say whether the act may have happened.
// Knows no service.
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { type Clock, wallClock } from "./clock.ts";
import { ServiceError } from "./service-error.ts";

export type ServiceOptions = {
  /** What errors call it, e.g. "Together". */
  readonly label: string;
  readonly baseUrl: string;
  /** Read at every call and never shown. Throws `AssayError` `missing-key`. */
  readonly key: () => string;
  /** How the key travels. Default `authorization`, as a bearer. */
  readonly keyHeader?: "authorization" | "api-key";
  /** Appended to every address, e.g. Azure's `api-version`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
};

export type ServiceRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Under the base URL, or a whole address (a presigned one), which then gets no key. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: Json;
  readonly body?: () => BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  /** True where doing it twice is doing it once. Default: all methods but POST. */
  readonly isRepeatable?: boolean;
  /** The answer is text, whatever it looks like. */
  readonly readsText?: boolean;
  /** A redirect is an answer, not a way. */
  readonly keepsRedirects?: boolean;
  readonly signal?: AbortSignal | undefined;
};

export type ServiceReply = { readonly status: number; readonly headers: Headers; readonly body: Json };

export type Service = {
  readonly label: string;
  readonly clock: Clock;
  call(request: ServiceRequest): Promise<ServiceReply>;
};

const mostTries = 5;
const firstWaitMs = 1000;
/** A service that asks for more patience than this is told of instead. */
const longestWaitMs = 120_000;
const defaultTimeoutMs = 120_000;
const fileTimeoutMs = 1_800_000;

export function service(options: ServiceOptions): Service {
  const { label, clock = wallClock } = options;
  return { label, clock, call: (request) => callWithRetries(options, clock, request) };
}

/**
 * Throws `ServiceError`. What is not repeatable is tried again only where the service said that it did nothing (429); whether
 * it happened is otherwise for the caller to look up.
 */
async function callWithRetries(options: ServiceOptions, clock: Clock, request: ServiceRequest): Promise<ServiceReply> {
  const isRepeatable = request.isRepeatable ?? request.method !== "POST";
  for (let tries = 1; ; tries++) {
    try {
      return await callOnce(options, request);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const mayRepeat = error.isTransient && (isRepeatable || error.didNothing);
      const waitMs = error.retryAfterMs ?? firstWaitMs * 2 ** (tries - 1);
      if (!mayRepeat || tries >= mostTries || waitMs > longestWaitMs) throw error;
      await clock.sleep(waitMs, request.signal);
    }
  }
}

async function callOnce(options: ServiceOptions, request: ServiceRequest): Promise<ServiceReply> {
  const { label } = options;
  const key = options.key();
  const isForeign = /^https?:/.test(request.path);
  let response: Response;
  let text: string;
  try {
    response = await (options.fetch ?? fetch)(addressOf(options, request, isForeign), {
      method: request.method,
      headers: {
        ...(isForeign ? {} : keyHeaders(key, options)),
        ...(request.json === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...bodyOf(request),
      redirect: request.keepsRedirects ? "manual" : "follow",
      signal: AbortSignal.any([AbortSignal.timeout(timeoutOf(request)), ...(request.signal ? [request.signal] : [])]),
    });
    text = await response.text();
  } catch (cause) {
    if (request.signal?.aborted) throw cancelled(label);
    throw ServiceError.unreachable(label, cause);
  }
  const body = parsed(text);
  const isExpected = response.ok || (request.keepsRedirects && response.status >= 300 && response.status < 400);
  if (!isExpected)
    throw ServiceError.ofReply({ label, status: response.status, headers: response.headers, body, text, key });
  if (request.readsText) return { status: response.status, headers: response.headers, body: text };
  if (body === undefined) throw ServiceError.unreadable(label, text);
  return { status: response.status, headers: response.headers, body };
}

function keyHeaders(key: string, { keyHeader = "authorization" }: ServiceOptions): Readonly<Record<string, string>> {
  if (key === "") return {};
  return keyHeader === "authorization" ? { authorization: `Bearer ${key}` } : { "api-key": key };
}

function addressOf({ baseUrl, query = {} }: ServiceOptions, request: ServiceRequest, isForeign: boolean): string {
  if (isForeign) return request.path;
  const url = new URL(`${baseUrl.replace(/\/+$/, "")}${request.path}`);
  for (const [name, value] of Object.entries({ ...query, ...request.query })) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

function bodyOf({ json, body }: ServiceRequest): { readonly body?: BodyInit } {
  if (json !== undefined) return { body: JSON.stringify(json) };
  return body === undefined ? {} : { body: body() };
}

/** For one try. */
const timeoutOf = ({ body }: ServiceRequest): number => (body === undefined ? defaultTimeoutMs : fileTimeoutMs);

/** An empty body is an empty object; undefined for what is not JSON. */
function parsed(text: string): Json | undefined {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const cancelled = (label: string): AssayError =>
  new AssayError({ code: "cancelled", message: `${label}: the call was cancelled` });
