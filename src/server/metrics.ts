// Counters and histograms in Prometheus' text format. Labels hold names from the configuration and the routes only, never text
// that a caller wrote: so their number stays small and nothing leaks.
import { outcomeOf, type ServedAnswer } from "../project/serve/answer.ts";

export type Labels = Readonly<Record<string, string>>;

type Counter = { add(by: number, labels?: Labels): void };

export type Metrics = {
  request(route: string, status: number, seconds: number): void;
  answered(served: ServedAnswer, kind: "served" | "shadow"): void;
  readonly refusals: Counter;
  readonly shadowFailures: Counter;
  readonly alerts: Counter;
  /** A score of an answer that was drawn for evaluation. */
  scored(approach: string, metric: string, score: number): void;
  /** `gauges` are read at this moment. */
  render(gauges: Readonly<Record<string, number>>): string;
};

const secondBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function metrics(): Metrics {
  const requests = counter("assay_requests_total", "Requests by route and status.");
  const requestSeconds = histogram("assay_request_duration_seconds", "Time until the response began.");
  const answers = counter("assay_answers_total", "Answers by approach, outcome, kind and cache.");
  const answerSeconds = histogram("assay_answer_duration_seconds", "Retrieval and generation.");
  const tokens = counter("assay_tokens_total", "Tokens by direction, as providers counted them.");
  const usd = counter("assay_cost_usd_total", "What priced answers cost.");
  const unpriced = counter("assay_unpriced_answers_total", "Answers whose cost is unknown.");
  const refusals = counter("assay_refusals_total", "Questions that a guardrail refused.");
  const shadowFailures = counter("assay_shadow_failures_total", "Shadow answers that could not be made.");
  const alerts = counter("assay_alerts_total", "Alerts raised, by figure and bound.");
  const scores = counter("assay_score_sum", "Scores of evaluated answers, summed: divide by assay_score_count.");
  const scoreCount = counter("assay_score_count", "Scores of evaluated answers by approach and metric.");
  const costs = [tokens, usd, unpriced, refusals, shadowFailures];
  const all = [requests, requestSeconds, answers, answerSeconds, ...costs, alerts, scores, scoreCount];
  return {
    request(route, status, seconds) {
      requests.add(1, { route, status: String(status) });
      requestSeconds.observe(seconds, { route });
    },
    answered({ answer, approach, cost, isCached }, kind) {
      answers.add(1, { approach, outcome: outcomeOf(answer), kind, cached: String(isCached) });
      if (isCached) return;
      answerSeconds.observe(answer.ms.total / 1000, { approach });
      for (const { inputTokens, outputTokens } of answer.usage) {
        tokens.add(inputTokens, { direction: "input" });
        tokens.add(outputTokens, { direction: "output" });
      }
      if (cost.status === "priced") usd.add(cost.usd, { approach });
      else unpriced.add(1, { approach });
    },
    refusals,
    shadowFailures,
    alerts,
    scored(approach, metric, score) {
      scores.add(score, { approach, metric });
      scoreCount.add(1, { approach, metric });
    },
    render: (gauges) => [...all.map((metric) => metric.render()), ...Object.entries(gauges).map(gauge)].join(""),
  };
}

function counter(name: string, help: string) {
  const values = new Map<string, number>();
  return {
    add(by: number, labels: Labels = {}) {
      const key = labelText(labels);
      values.set(key, (values.get(key) ?? 0) + by);
    },
    render() {
      const lines = [...values].map(([labels, value]) => `${name}${labels} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join("")}`;
    },
  };
}

type Series = { readonly labels: Labels; readonly buckets: number[]; sum: number; count: number };

function histogram(name: string, help: string) {
  const series = new Map<string, Series>();
  return {
    observe(value: number, labels: Labels) {
      const key = labelText(labels);
      const one = series.get(key) ?? { labels, buckets: secondBounds.map(() => 0), sum: 0, count: 0 };
      series.set(key, one);
      secondBounds.forEach((bound, place) => {
        if (value <= bound) one.buckets[place] = (one.buckets[place] ?? 0) + 1;
      });
      one.sum += value;
      one.count += 1;
    },
    render() {
      const lines = [...series.values()].flatMap(({ labels, buckets, sum, count }) => [
        ...secondBounds.map(
          (bound, place) => `${name}_bucket${labelText({ ...labels, le: String(bound) })} ${buckets[place]}\n`,
        ),
        `${name}_bucket${labelText({ ...labels, le: "+Inf" })} ${count}\n`,
        `${name}_sum${labelText(labels)} ${sum}\n`,
        `${name}_count${labelText(labels)} ${count}\n`,
      ]);
      return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join("")}`;
    },
  };
}

function gauge([name, value]: [string, number]): string {
  return `# TYPE ${name} gauge\n${name} ${value}\n`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
