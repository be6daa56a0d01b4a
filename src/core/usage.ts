// What a model call consumed: the unit that ledgers and price books count.

/** What one model call consumed. Tokens are the provider's own count; `cpuMs` is set by embedded parts only. */
export type Usage = {
  /** `provider/model`. */
  readonly modelId: string;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** Set where the provider reported no count: then the token fields are 0 and mean nothing, so no price may be put on them. */
  readonly tokensUnknown?: true;
  readonly durationMs: number;
  /** Processor time spent on this machine; absent for remote models. */
  readonly cpuMs?: number;
  /** What a provider billed for it, training above all, or why nobody knows: goes before every price list. */
  readonly bill?: { readonly usd: number } | { readonly unknown: string };
};
