// Keeps a judge's verdicts, so that none is asked for twice, and stops asking once its budget is spent. Failures are not
// kept: the next run asks again.
import type { CallOptions } from "../../core/component.ts";
import { identityOf } from "../../core/component.ts";
import { hashOf } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import type { CostModel } from "../../core/scores.ts";
import type { Judge, Judgement } from "./judge.ts";

/** `set` returns once the verdict would survive a kill. */
export type VerdictStore = {
  get(key: string): Promise<Json | undefined>;
  set(key: string, verdict: Json): Promise<void>;
};

export type JudgeBudget = { readonly maxUsd: number; readonly costModel: CostModel };

/** Equal questions in flight share one call. What a call costs is known after it, so the last ones may overshoot. */
export function keptJudge(judge: Judge, store: VerdictStore, budget?: JudgeBudget): Judge {
  const identity = identityOf(judge);
  const inFlight = new Map<string, Promise<Judgement<unknown>>>();
  const purse = budget && openPurse(budget);

  const once =
    <Input extends object, T>(task: string, ask: (input: Input, call?: CallOptions) => Promise<Judgement<T>>) =>
    (input: Input, call?: CallOptions): Promise<Judgement<T>> => {
      const key = hashOf({ identity, task, input: input as Json });
      const pending = (inFlight.get(key) as Promise<Judgement<T>> | undefined) ?? look(key, () => ask(input, call));
      inFlight.set(key, pending);
      return pending.finally(() => inFlight.delete(key));
    };

  const look = async <T>(key: string, ask: () => Promise<Judgement<T>>): Promise<Judgement<T>> => {
    const kept = await store.get(key);
    if (kept !== undefined) return { status: "judged", value: (kept as { value: T }).value, usage: [] };
    const refusal = purse?.refusal();
    if (refusal !== undefined) return { status: "failed", reason: refusal, usage: [] };
    const judgement = await ask();
    purse?.pay(judgement.usage);
    if (judgement.status === "judged") await store.set(key, { value: judgement.value as Json });
    return judgement;
  };

  return {
    ...judge,
    claims: once("claims", judge.claims),
    support: once("support", judge.support),
    relevance: once("relevance", judge.relevance),
    ...(judge.rules ? { rules: once("rules", judge.rules) } : {}),
    prefer: once("prefer", judge.prefer),
  };
}

function openPurse({ maxUsd, costModel }: JudgeBudget) {
  let spentUsd = 0;
  let unpriced: string | undefined;
  return {
    refusal: (): string | undefined => {
      if (unpriced !== undefined) return `the judge's spending cannot be capped: ${unpriced}`;
      return spentUsd >= maxUsd
        ? `the judge's budget of USD ${maxUsd} is spent (evaluation.judgeBudgetUsd)`
        : undefined;
    },
    pay: (usage: Judgement<unknown>["usage"]): void => {
      const cost = costModel.cost(usage);
      if (cost.status === "priced") spentUsd += cost.usd;
      else unpriced = cost.reason;
    },
  };
}
