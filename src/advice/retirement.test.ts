import { expect, test } from "vitest";
import type { ScoredApproach } from "../core/comparison.ts";
import type { Retirement } from "../core/training.ts";
import { retirementSentences } from "./retirement.ts";

const approach = (name: string, retires?: Retirement | null) =>
  ({ name, status: "scored", ...(retires === undefined ? {} : { retires }) }) as unknown as ScoredApproach;
const soon = { model: "openai/gpt-4.1-mini", date: "2027-01-14", source: "the provider's list" };

test("a date where one is known, what is not known where none is, nothing of this machine's own", () => {
  expect(
    retirementSentences([
      approach("rag", soon),
      approach("few-shot", soon),
      approach("hybrid", null),
      approach("fine-tuned"),
    ]),
  ).toEqual([
    "openai/gpt-4.1-mini retires on 2027-01-14 (the provider's list), and rag, few-shot with it: measure again before that day, and train again what was tuned.",
    "A provider changes or retires its model; when that of hybrid retires is not known. Then measure again, and train again what was tuned.",
  ]);
  expect(retirementSentences([approach("rag")])).toEqual([]);
});
