// Holds the prior against the last comparison: confirmed, overturned, or not decided, and why.
import type { ComparedApproach, ComparedPair, Recommendation } from "../core/comparison.ts";
import { isScored, pairFrom, qualityOf } from "./candidates.ts";
import { ofHundred, pValue, signed } from "./wording.ts";

export type PriorCheck = {
  readonly verdict: "confirmed" | "overturned" | "not decided" | "not measured";
  readonly because: string;
};

export type Evidence = {
  readonly approaches: readonly ComparedApproach[];
  readonly pairs: readonly ComparedPair[];
  readonly recommendation: Recommendation;
};

/** `evidence` undefined: there was no comparison yet. */
export function checkPrior(prior: string | null, evidence: Evidence | undefined): PriorCheck {
  if (evidence === undefined) {
    return { verdict: "not measured", because: "No comparison has been made here: run `assay compare`." };
  }
  const { approach: shipped, notToldApart = [] } = evidence.recommendation;
  if (prior === null) {
    return {
      verdict: "not measured",
      because: `There is no prior to check; the last comparison recommends ${shipped ?? "nothing"}.`,
    };
  }
  const row = evidence.approaches.find(({ name }) => name === prior);
  if (row === undefined || !isScored(row)) {
    const reason = row?.status === "not-run" ? row.reason : "it was not part of it";
    return { verdict: "not measured", because: `The last comparison did not measure ${prior}: ${reason}.` };
  }
  if (shipped === null) {
    return {
      verdict: "overturned",
      because: `The last comparison recommends nothing: ${evidence.recommendation.because[0] ?? ""}`,
    };
  }
  if (shipped === prior) return agreement(prior, notToldApart);
  return disagreement(prior, shipped, notToldApart, evidence);
}

function agreement(prior: string, notToldApart: readonly string[]): PriorCheck {
  if (notToldApart.length === 0) {
    return {
      verdict: "confirmed",
      because: `The last comparison recommends ${prior}, and shows it to be better than all others that fit.`,
    };
  }
  return {
    verdict: "not decided",
    because: `The last comparison recommends ${prior} as the cheapest, but does not tell it from ${notToldApart.join(", ")}.`,
  };
}

function disagreement(
  prior: string,
  shipped: string,
  notToldApart: readonly string[],
  { approaches, pairs }: Evidence,
): PriorCheck {
  const scores = approaches
    .filter(isScored)
    .filter(({ name }) => name === prior || name === shipped)
    .map((one) => `${one.name} ${ofHundred(qualityOf(one))}`);
  const pair = pairFrom(shipped, prior, pairs);
  const evidence = pair === null ? "" : `, ${signed(pair.difference)} points, ${pValue(pair.p)} before correction`;
  if (notToldApart.includes(prior)) {
    return {
      verdict: "not decided",
      because: `The last comparison does not tell ${prior} from ${shipped} (${scores.join(", ")}${evidence}) and recommends the cheaper, ${shipped}.`,
    };
  }
  return {
    verdict: "overturned",
    because: `The last comparison recommends ${shipped} and not ${prior} (${scores.join(", ")}${evidence}).`,
  };
}
