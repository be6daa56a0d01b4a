// Calls to the administrative side of model servers: JSON in, JSON out, one line of error. Knows no server.
import { AssayError } from "../../core/errors.ts";

export type ServerAddress = {
  /** In messages: "vLLM". */
  readonly server: string;
  /** Without a path. */
  readonly origin: string;
  readonly key?: string;
  readonly timeoutMs: number;
};

export type ServerReply = { readonly status: number; readonly text: string };

/** Any status is a reply. Throws `AssayError` `model-failed` where there is no server. */
export async function callServer(
  { server, origin, key, timeoutMs }: ServerAddress,
  path: string,
  body?: unknown,
  method: string = body === undefined ? "GET" : "POST",
): Promise<ServerReply> {
  const isBytes = body instanceof Blob;
  try {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(body === undefined || isBytes ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    throw new AssayError({
      code: "model-failed",
      message: `no ${server} answers at ${origin}`,
      remedy: `start it, or correct tuning.serve.baseUrl in assay.config.ts`,
      isRetryable: true,
      cause,
    });
  }
}

export const isOk = ({ status }: ServerReply): boolean => status >= 200 && status < 300;

/** Throws `AssayError` `model-failed` for what is no JSON. */
export function jsonOf<T>({ server, origin }: ServerAddress, { text }: ServerReply): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new AssayError({
      code: "model-failed",
      message: `what answers at ${origin} is no ${server}: ${text.slice(0, 80)}`,
      remedy: "correct tuning.serve.baseUrl in assay.config.ts",
      cause,
    });
  }
}

/** What the server said, in one line. */
export function saidBy({ status, text }: ServerReply): string {
  let said = text;
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    const inner = (error as { message?: unknown } | undefined)?.message ?? error ?? message ?? detail;
    if (typeof inner === "string") said = inner;
  } catch {
    // Plain text, then.
  }
  return `${status}: ${said.replace(/\s+/g, " ").slice(0, 200)}`;
}

/** The server is there and does not do it. */
export const refusal = ({ server }: ServerAddress, message: string, remedy: string): AssayError =>
  new AssayError({ code: "model-failed", message: `${server}: ${message}`, remedy });
