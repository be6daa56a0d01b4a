// Where a remote model is and how long it may take. Holds the key, so it is never logged, hashed or put into a config.
import type { Wire } from "../provider-catalog.ts";

export type Endpoint = {
  /** `provider/model`. */
  readonly id: string;
  readonly wire: Wire;
  /** The provider's own name of the model. */
  readonly model: string;
  /** Absent: the provider's own address. Without credentials. */
  readonly baseUrl?: string;
  /** Environment variable of the key, for error messages. */
  readonly keyVariable?: string;
  readonly key?: string;
  /** For one call with all its retries. */
  readonly timeoutMs: number;
  /** Further attempts after a 408, 409, 429, 5xx or a lost connection; Retry-After is honoured up to a minute. */
  readonly maxRetries: number;
};

export type Deadline = { readonly signal: AbortSignal; release(): void };

/** One signal for the caller's cancelling, the endpoint's time limit, and the end of the work itself. */
export function deadlineOf(endpoint: Endpoint, signal?: AbortSignal): Deadline {
  const done = new AbortController();
  const limits = [AbortSignal.timeout(endpoint.timeoutMs), done.signal, ...(signal ? [signal] : [])];
  return { signal: AbortSignal.any(limits), release: () => done.abort() };
}
