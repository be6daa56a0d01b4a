// Which metrics score answers while serving, and whether the configuration asks for any that are not there.
import { AssayError } from "../../core/errors.ts";
import type { CostModel, Metric } from "../../core/scores.ts";
import { liveMetricsOf } from "../comparison/judge.ts";
import type { ServerConfig } from "../config/serve-config.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { figureNames } from "./traffic-limits.ts";

type InKnowledge = <T>(work: (knowledge: Knowledge) => Promise<T>) => Promise<T>;

/** Opened once a day (UTC), so that the judge's purse is filled anew. */
export function dailyMetrics(
  context: ProjectContext,
  inKnowledge: InKnowledge,
  costModel: CostModel,
): () => Promise<readonly Metric[]> {
  const { evaluation } = context.config;
  const { judge = evaluation.judge, dailyUsd } = context.config.server.evaluation;
  const config = { ...context.config, evaluation: { ...evaluation, judge, judgeBudgetUsd: dailyUsd } };
  let opened: { readonly day: string; readonly metrics: Promise<readonly Metric[]> } | undefined;
  return async () => {
    const day = new Date().toISOString().slice(0, 10);
    if (opened?.day !== day) {
      const metrics = inKnowledge((knowledge) => liveMetricsOf({ ...context, config }, knowledge, costModel));
      opened = { day, metrics };
      metrics.catch(() => {
        opened = undefined;
      });
    }
    return opened.metrics;
  };
}

/** Throws `AssayError` `bad-config` for limits on figures that nobody measures. */
export function requireMeasured({ traces, evaluation }: ServerConfig, metrics: readonly Metric[]): void {
  const { share, alerts } = evaluation;
  if (share > 0 && traces === "off") {
    throw new AssayError({
      code: "bad-config",
      message: "server.evaluation: scores are kept beside traces, and server.traces is off",
      remedy: 'set server.traces to "figures", or server.evaluation.share to 0',
    });
  }
  const known = [...figureNames, ...(share > 0 ? metrics.map(({ name }) => name) : [])];
  const unknown = [...Object.keys(alerts.min), ...Object.keys(alerts.max)].find((figure) => !known.includes(figure));
  if (unknown === undefined) return;
  throw new AssayError({
    code: "bad-config",
    message: `server.evaluation.alerts: nothing here measures "${unknown}"`,
    remedy: `choose among ${known.join(", ")}${share > 0 ? "" : "; metrics need server.evaluation.share above 0"}`,
  });
}
