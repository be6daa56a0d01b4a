// The provider's own token counts as Assay's usage. A count that is missing is unknown, never zero.
import type { Usage } from "../../core/models.ts";

export type ReportedTokens = {
  readonly inputTokens: number | undefined;
  readonly cachedInputTokens?: number | undefined;
  readonly outputTokens: number | undefined;
};

const isCount = (tokens: number | undefined): tokens is number => tokens !== undefined && Number.isFinite(tokens);

/**
 * `isEmpty` says that nothing came back, so that no output tokens may be right. Some servers fill missing counts with
 * zeros: no prompt has zero tokens, so that is read as missing.
 */
export function tokenUsage(modelId: string, began: number, reported: ReportedTokens, isEmpty = false): Usage {
  const { inputTokens, outputTokens, cachedInputTokens } = reported;
  const durationMs = performance.now() - began;
  const isKnown = isCount(inputTokens) && inputTokens > 0 && isCount(outputTokens) && (isEmpty || outputTokens > 0);
  if (!isKnown)
    return { modelId, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, tokensUnknown: true, durationMs };
  return { modelId, inputTokens, cachedInputTokens: cachedInputTokens ?? 0, outputTokens, durationMs };
}
