// What each caller has spent today and this month, and whether it may spend more. Survives a restart.
import { AssayError } from "../../core/errors.ts";
import type { Cost } from "../../core/scores.ts";
import type { PriceBook } from "../../economics/price-book.ts";
import type { ServerConfig } from "../config/serve-config.ts";
import type { ControlDatabase } from "../state/control-database.ts";
import { serveSchema } from "./traces.ts";

export type SpendLimits = { readonly dailyUsd?: number | undefined; readonly monthlyUsd?: number | undefined };

export type SpendBook = {
  /** Which limit is used up, in a phrase; undefined where the caller may go on. */
  exhausted(caller: string, limits: SpendLimits, all: SpendLimits): string | undefined;
  /** Counts at once; written within `flushEveryMs`. */
  add(caller: string, cost: Cost): void;
  flush(): void;
};

const flushEveryMs = 250;

/** `now` in milliseconds since 1970. Days and months are UTC. */
export function spendBook(database: ControlDatabase, now: () => number = Date.now): SpendBook {
  database.sqlite.exec(serveSchema);
  const sum = database.sqlite.prepare("SELECT coalesce(sum(usd), 0) AS usd FROM spend WHERE caller = ? AND day LIKE ?");
  const add = database.sqlite.prepare(
    "INSERT INTO spend VALUES (?, ?, ?) ON CONFLICT (caller, day) DO UPDATE SET usd = usd + excluded.usd",
  );
  const totals = new Map<string, number>();
  const today = () => new Date(now()).toISOString().slice(0, 10);
  let pending = new Map<string, { who: string; day: string; usd: number }>();
  let timer: NodeJS.Timeout | undefined;
  const spent = (caller: string, period: string) => {
    const key = `${caller} ${period}`;
    const known = totals.get(key) ?? (sum.get(caller, `${period}%`) as { usd: number }).usd;
    totals.set(key, known);
    return known;
  };
  const periods = () => [today(), today().slice(0, 7)] as const;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const rows = pending;
    pending = new Map();
    try {
      database.transaction(() => {
        for (const { who, day, usd } of rows.values()) add.run(who, day, usd);
      });
    } catch {
      // The sums in memory hold until a restart; what could not be written is tried again with the next answer.
      for (const [key, row] of rows) pending.set(key, row);
    }
  };
  const count = (who: string, usd: number) => {
    for (const period of periods()) totals.set(`${who} ${period}`, spent(who, period) + usd);
    const key = `${who} ${today()}`;
    pending.set(key, { who, day: today(), usd: (pending.get(key)?.usd ?? 0) + usd });
  };
  return {
    exhausted(caller, limits, all) {
      const [day, month] = periods();
      const budgets = [
        { phrase: "this API key's daily budget", limit: limits.dailyUsd, spent: spent(caller, day) },
        { phrase: "this API key's monthly budget", limit: limits.monthlyUsd, spent: spent(caller, month) },
        { phrase: "the server's daily budget", limit: all.dailyUsd, spent: spent(everybody, day) },
      ];
      return budgets.find(isUsedUp)?.phrase;
    },
    add(caller, cost) {
      if (cost.status !== "priced" || cost.usd === 0) return;
      count(caller, cost.usd);
      count(everybody, cost.usd);
      timer ??= setTimeout(flush, flushEveryMs).unref();
    },
    flush,
  };
}

function isUsedUp({ limit, spent }: { limit?: number | undefined; spent: number }): boolean {
  return limit !== undefined && spent >= limit;
}

/** No caller can be called this: names are letters, digits and dashes. */
const everybody = "*";

/** A budget that cannot be counted is no budget. Throws `AssayError` `bad-config` where one is set and a model has no price. */
export function requirePrices(config: ServerConfig, models: readonly string[], prices: PriceBook): void {
  const isLimited =
    config.guardrails.dailyUsd !== undefined || config.keys.some((key) => key.dailyUsd ?? key.monthlyUsd);
  if (!isLimited) return;
  const remote = models.filter((model) => model !== "none" && !model.startsWith("embedded/"));
  for (const modelId of remote) {
    const cost = prices.cost([{ modelId, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, durationMs: 1 }]);
    if (cost.status === "priced") continue;
    throw new AssayError({
      code: "bad-config",
      message: `server: a budget is set, but what ${modelId} costs is unknown (${cost.reason})`,
      remedy: `set prices.models: { "${modelId}": { inputUsdPerMillionTokens: …, outputUsdPerMillionTokens: … } }`,
    });
  }
}
