// Whether an approach meets what the user's situation demands, and by how much it misses. Knows no rule of choice.
import type { ScoredApproach } from "../core/comparison.ts";
import { milliseconds, usd } from "./wording.ts";

/** Absent means no limit. */
export type Constraints = {
  readonly maxP95LatencyMs?: number | undefined;
  readonly maxMonthlyUsd?: number | undefined;
  readonly needsCitations?: boolean | undefined;
  /** No call may leave the machine. */
  readonly offline?: boolean | undefined;
  /** A changed document must reach the answers without training. */
  readonly needsCurrentFacts?: boolean | undefined;
};

/** `unknown`: it cannot be shown that the constraint is met. */
export type Fit = {
  readonly verdict: "yes" | "no" | "unknown";
  readonly reasons: readonly string[];
  /** How far it misses, as a sum of shares of the limits: 0.5 is half again over one limit; a broken yes-or-no counts 1. */
  readonly miss: number;
};

type Finding = { readonly verdict: "no" | "unknown"; readonly text: string; readonly miss: number };
type Check = (approach: ScoredApproach, constraints: Constraints) => readonly Finding[];

export function fitOf(approach: ScoredApproach, constraints: Constraints): Fit {
  const findings = checks.flatMap((check) => check(approach, constraints));
  const verdicts = findings.map(({ verdict }) => verdict);
  return {
    verdict: verdicts.includes("no") ? "no" : verdicts.includes("unknown") ? "unknown" : "yes",
    reasons: findings.map(({ text }) => text),
    miss: findings.reduce((total, { miss }) => total + miss, 0),
  };
}

const broken = (text: string, miss = 1): readonly Finding[] => [{ verdict: "no", text, miss }];
const unknown = (text: string): readonly Finding[] => [{ verdict: "unknown", text, miss: 0 }];

const latency: Check = ({ latencyMs: { p95 } }, { maxP95LatencyMs: limit }) => {
  if (limit === undefined || p95 <= limit) return [];
  const over = `${milliseconds(p95 - limit)} or ${percent(p95 / limit - 1)} over`;
  return broken(
    `its 95th percentile latency is ${Math.round(p95)} ms, the limit ${limit} ms (${over})`,
    p95 / limit - 1,
  );
};

const budget: Check = ({ costUsd: { monthly }, costReason = "no reason given" }, { maxMonthlyUsd: limit }) => {
  if (limit === undefined) return [];
  if (monthly === null) return unknown(`its monthly cost is unknown (${costReason})`);
  if (monthly <= limit) return [];
  const over = `${usd(monthly - limit)} over`;
  return broken(
    `it costs ${usd(monthly)} a month, the limit is USD ${limit} (${over})`,
    limit > 0 ? monthly / limit - 1 : 1,
  );
};

const citations: Check = ({ scores }, { needsCitations }) => {
  if (!needsCitations) return [];
  const citing = scores["citation-recall"];
  if (citing === undefined || citing.n === 0) return unknown("no question shows whether it cites its evidence");
  return citing.mean === 0 ? broken("it never cites the evidence") : [];
};

const offline: Check = ({ traits }, constraints) => {
  if (!constraints.offline) return [];
  if (traits === undefined) return unknown("it is not known whether its calls leave the machine");
  return traits.offline ? [] : broken("it calls models outside this machine");
};

const currentFacts: Check = ({ traits }, { needsCurrentFacts }) => {
  if (!needsCurrentFacts) return [];
  if (traits === undefined) return unknown("it is not known whether changed documents reach it");
  if (traits.knowledge === "index" || traits.knowledge === "prompt") return [];
  return broken(
    traits.knowledge === "weights"
      ? "a changed document reaches it only by training again"
      : "a changed document never reaches it",
  );
};

const checks: readonly Check[] = [latency, budget, citations, offline, currentFacts];

function percent(share: number): string {
  return `${Math.ceil(share * 100)}%`;
}
