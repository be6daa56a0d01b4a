// How many questions would decide: read off the gap seen and what this comparison could see.
import { describe, expect, test } from "vitest";
import type { ScoredApproach } from "../core/comparison.ts";
import { undecidedSentence } from "./questions-to-decide.ts";

function scored(name: string, quality: number): ScoredApproach {
  return {
    name,
    status: "scored",
    yardstick: false,
    scores: { quality: { mean: quality, low: 0, high: 1, n: 49, missing: 0 } },
    prepareMs: 0,
    latencyMs: { p50: 1, p95: 1 },
    throughputQps: 1,
    costUsd: { perQuery: 0, upfront: 0, monthly: null },
    labels: [],
    notes: [],
  };
}

const sentence = (winner: ScoredApproach, tied: readonly ScoredApproach[], detectable: number | null) => {
  const best = tied.toSorted((a, b) => b.scores["quality"]!.mean - a.scores["quality"]!.mean)[0]!;
  return undecidedSentence({ best, winner, tied, isFitUnknown: false, pairs: [] }, 49, detectable);
};

describe("how many questions would decide", () => {
  const [rag, long, few] = [scored("rag", 0.6), scored("long-context", 0.7), scored("few-shot", 0.58)] as const;

  test("nothing is said where the choice is decided", () => {
    expect(sentence(rag, [rag], 0.2)).toBeNull();
  });

  test("a difference half of what could be seen takes four times the questions; the rival is the best where the winner is not", () => {
    expect(sentence(rag, [rag, long, few], 0.2)).toBe(
      "Not decided: these questions do not tell rag from long-context, few-shot. If the 10.0 points between it and long-context are real, at most about 200 questions would show it.",
    );
  });

  test("where the winner is the best, the rival is the runner-up", () => {
    expect(sentence(rag, [few, rag], 0.04)).toContain(
      "If the 2.0 points between it and few-shot are real, at most about 200",
    );
  });

  test("what a comparison that can see nothing needs is a floor, or cannot be said", () => {
    expect(sentence(rag, [rag, long], 1)).toContain("at least 4,900 questions");
    expect(sentence(rag, [rag, long], null)).toContain("how many would cannot be said from so few");
    expect(sentence(rag, [rag, scored("b", 0.602)], 0.2)).toContain("nothing seen here says that b is better or worse");
  });
});
