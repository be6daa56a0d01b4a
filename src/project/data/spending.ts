// What asking a model for training data would cost, said before it is asked; and the model, its replies kept, so that a
// killed run pays for nothing twice.
import { AssayError } from "../../core/errors.ts";
import type { ChatModel, PromptParts, Usage } from "../../core/models.ts";
import { cachedChatModel } from "../../models/call-cache.ts";
import { renderPrompt } from "../../models/render-prompt.ts";
import { countTokens } from "../../text/tokens.ts";
import { callStore } from "../state/call-store.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { priceBookOf, runsOnThisMachine } from "../wiring/prices.ts";

export type SpendingPlan = {
  readonly model: string;
  readonly calls: number;
  /** By Assay's own counter, not the model's. */
  readonly inputTokens: number;
  /** Assumed. */
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** Why the cost is null. */
  readonly costReason?: string;
};

export type PlannedCall = { readonly prompt: PromptParts; readonly outputTokens: number };

/** A model that writes. Throws `AssayError` `bad-usage` for a reader that only quotes. */
export async function writerOf(context: ProjectContext, name: string): Promise<ChatModel> {
  const model = name === "embedded/extractive" ? undefined : await context.models.uncached(name, undefined);
  if (!model?.followsInstructions) {
    throw new AssayError({
      code: "bad-usage",
      message: `${name} is no language model: it cannot write examples`,
      remedy: "name one that writes, e.g. openai/gpt-4.1-mini or ollama/…; without --model, rules make the questions",
    });
  }
  return cachedChatModel(model, callStore(context.database));
}

/** Calls are priced one by one, as they will be billed. */
export async function planSpending(
  context: ProjectContext,
  model: string,
  calls: readonly PlannedCall[],
): Promise<SpendingPlan> {
  const prices = await priceBookOf(context.config);
  const usage = calls.map(({ prompt, outputTokens }): Usage => {
    const { instructions, messages } = renderPrompt(prompt);
    const inputTokens = countTokens([instructions, ...messages.map(({ content }) => content)].join("\n\n"));
    return { modelId: model, inputTokens, cachedInputTokens: 0, outputTokens, durationMs: 0 };
  });
  const sum = (count: (one: Usage) => number) => usage.reduce((total, one) => total + count(one), 0);
  const cost = runsOnThisMachine(model, context.config) ? ({ status: "priced", usd: 0 } as const) : prices.cost(usage);
  return {
    model,
    calls: calls.length,
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    ...(cost.status === "priced" ? { costUsd: cost.usd } : { costUsd: null, costReason: cost.reason }),
  };
}

/** "120 calls to openai/… about 0.12 USD". */
export function spendingInWords({
  model,
  calls,
  inputTokens,
  outputTokens,
  costUsd,
  costReason,
}: SpendingPlan): string {
  const tokens = `about ${inputTokens.toLocaleString("en-US")} tokens in and ${outputTokens.toLocaleString("en-US")} out`;
  const price = costUsd === null ? `price unknown: ${costReason}` : `about USD ${costUsd.toFixed(costUsd < 1 ? 4 : 2)}`;
  return `${calls} calls to ${model}, ${tokens}, ${price}`;
}

/** Throws `AssayError` `bad-usage` where the plan may cost money and nobody said yes. */
export function requireConsent(plan: SpendingPlan, hasConsent: boolean): void {
  if (hasConsent || plan.costUsd === 0) return;
  throw new AssayError({
    code: "bad-usage",
    message: `this would make ${spendingInWords(plan)}`,
    remedy: "add --yes to spend it, or --dry-run to see the plan alone",
  });
}

/** Runs `work` over `items`, at most `limit` at a time; results in the order of the items. Stops at the first error. */
export async function eachOf<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [place, item] of queue) results[place] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
