// Where a model server is, as the configuration names it.

export type ServerOptions = {
  /** With or without `/v1`. */
  readonly baseUrl: string;
  readonly key?: string;
  /** For one call with all its retries. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
};

export const originOf = (baseUrl: string): string => baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "");
