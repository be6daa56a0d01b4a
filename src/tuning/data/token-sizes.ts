// How long the examples are, by the fixed counter of tokens. Knows no model's own tokenizer.
import { countTokens } from "../../text/tokens.ts";
import type { ExampleRow } from "./example-row.ts";

export type TokenSizes = {
  readonly total: number;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  /** Tokens of the answers: what is learned. */
  readonly answers: number;
  /** Lines longer than `maxTokens`. */
  readonly overLong: readonly { readonly line: number; readonly tokens: number }[];
  readonly maxTokens: number;
};

/** Chat templates put about this many tokens around every turn. */
const tokensPerTurn = 4;

/** Tokens of the whole example; of a preference row, with the longer answer. */
export function tokensOf(row: ExampleRow): number {
  const turns = row.messages.reduce((sum, { content }) => sum + countTokens(content) + tokensPerTurn, 0);
  if (row.kind === "chat") return turns;
  return turns + Math.max(countTokens(row.preferred), countTokens(row.rejected)) + tokensPerTurn;
}

export function tokenSizes(rows: readonly ExampleRow[], maxTokens: number): TokenSizes {
  const sizes = rows.map((row) => ({ line: row.line, tokens: tokensOf(row) }));
  const sorted = sizes.map(({ tokens }) => tokens).sort((a, b) => a - b);
  const total = sorted.reduce((sum, tokens) => sum + tokens, 0);
  return {
    total,
    mean: rows.length === 0 ? 0 : Math.round(total / rows.length),
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    longest: sorted.at(-1) ?? 0,
    answers: rows.reduce((sum, row) => sum + learnedTokens(row), 0),
    overLong: sizes.filter(({ tokens }) => tokens > maxTokens),
    maxTokens,
  };
}

function learnedTokens(row: ExampleRow): number {
  if (row.kind === "preference") return countTokens(row.preferred);
  return row.messages
    .filter(({ role, weight }) => role === "assistant" && weight !== 0)
    .reduce((sum, { content }) => sum + countTokens(content), 0);
}

/** The nearest rank. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
