// Grounding by a judge: does the answer follow from the passages, and did the passages hold what was needed?
import type { Metric, Score } from "../../core/scores.ts";
import type { Judge } from "../judges/judge.ts";
import { type Judged, judgedMetric, shareOf, verdictDetail } from "./judged.ts";
import { notApplicable, scored } from "./score.ts";

/** Why the answer's claims cannot be checked against passages, or null. */
function ungrounded({ answer }: Judged): Score | null {
  if (answer.outcome === "declined") return notApplicable("the answer was declined");
  if (answer.hits.length === 0) return notApplicable("no passage was shown");
  return null;
}

function withoutGold({ question, answer }: Judged): Score | null {
  if (!question.answerable) return notApplicable("the question is unanswerable");
  if (question.references.length === 0) return notApplicable("the question has no reference");
  return answer.hits.length === 0 ? notApplicable("no passage was shown") : null;
}

/**
 * `faithfulness` v1: claims of the answer that follow from the passages shown, taken together / claims of the answer. An
 * answer that claims nothing, and a declined one, are not applicable. Source: ragas `_faithfulness.py`, whose NaN this avoids.
 */
export function faithfulness(judge: Judge): Metric {
  return judgedMetric(judge, {
    name: "faithfulness",
    version: "1",
    label: "share of the answer's claims that follow from the passages shown (ragas)",
    score: async (judged) => {
      const exemption = ungrounded(judged);
      if (exemption) return exemption;
      const claims = await judged.said();
      if (claims.length === 0) return notApplicable("the answer claims nothing");
      const verdicts = await judged.support(claims, judged.passages);
      return scored(shareOf(verdicts.map(({ supported }) => supported)), verdictDetail(verdicts));
    },
  });
}

/**
 * `hallucination` v2: 1 where the answer claims something that neither the passages shown nor any reference says, else 0;
 * its mean is the hallucination rate. Declining makes nothing up: 0. Not applicable where there is nothing to check against:
 * an answerable question without reference, answered without passages.
 */
export function hallucination(judge: Judge): Metric {
  return judgedMetric(judge, {
    name: "hallucination",
    version: "2",
    label: "share of the questions answered with a claim that neither passages nor references say (lower is better)",
    higherIsBetter: false,
    score: async (judged) => {
      const { question, answer, passages } = judged;
      if (answer.outcome === "declined") return scored(0, "declined");
      const evidence = [...passages, ...judged.references];
      if (evidence.length === 0 && question.answerable) return notApplicable("there is nothing to check against");
      const claims = await judged.said();
      if (claims.length === 0) return scored(0, "the answer claims nothing");
      const verdicts = await judged.support(claims, evidence);
      return scored(verdicts.every(({ supported }) => supported) ? 0 : 1, verdictDetail(verdicts));
    },
  });
}

/** Whether each passage, alone, says at least one claim of the reference. */
async function useful(judged: Judged): Promise<readonly boolean[]> {
  const gold = await judged.gold();
  const verdicts = await Promise.all(judged.passages.map((passage) => judged.support(gold, [passage])));
  return verdicts.map((ofPassage) => ofPassage.some(({ supported }) => supported));
}

/**
 * `context-precision` v1: Σ_k (useful among the first k / k)·v_k / Σ v, where v_k = 1 if passage k says at least one claim of
 * the reference; 0 where none does. Source: ragas `LLMContextPrecisionWithReference`. Over the useful passages shown, not over
 * all that exist: one useful passage first scores 1 whatever follows.
 */
export function contextPrecision(judge: Judge): Metric {
  return judgedMetric(judge, {
    name: "context-precision",
    version: "1",
    label: "average precision of the passages that say a claim of the reference (ragas)",
    score: async (judged) => withoutGold(judged) ?? scored(averagePrecisionOf(await useful(judged))),
  });
}

/** Average precision over the useful ones shown; 0 without any. */
export function averagePrecisionOf(flags: readonly boolean[]): number {
  let [found, sum] = [0, 0];
  for (const [index, isUseful] of flags.entries()) {
    if (!isUseful) continue;
    found += 1;
    sum += found / (index + 1);
  }
  return found === 0 ? 0 : sum / found;
}

/** `context-recall` v1: claims of the reference that follow from the passages together / claims of it. Source: ragas. */
export function contextRecall(judge: Judge): Metric {
  return judgedMetric(judge, {
    name: "context-recall",
    version: "1",
    label: "share of the reference's claims that follow from the passages shown (ragas)",
    score: async (judged) => {
      const exemption = withoutGold(judged);
      if (exemption) return exemption;
      const verdicts = await judged.support(await judged.gold(), judged.passages);
      return scored(shareOf(verdicts.map(({ supported }) => supported)), verdictDetail(verdicts));
    },
  });
}

/**
 * `noise-sensitivity` v2: claims of the answer that are wrong (do not follow from the references) and follow from a passage
 * shown / claims of the answer; lower is better. `detail` splits it: through a passage that also says a claim of the
 * reference (`relevant`), or only through others (`irrelevant`). Source: ragas `_noise_sensitivity.py`, whose two modes these are.
 */
export function noiseSensitivity(judge: Judge): Metric {
  return judgedMetric(judge, {
    name: "noise-sensitivity",
    version: "2",
    label: "share of the answer's claims that are wrong and taken from a passage shown (ragas; lower is better)",
    higherIsBetter: false,
    score: async (judged) => {
      const exemption = ungrounded(judged) ?? withoutGold(judged);
      if (exemption) return exemption;
      const claims = await judged.said();
      if (claims.length === 0) return notApplicable("the answer claims nothing");
      const right = await judged.support(claims, judged.references);
      const wrong = claims.filter((_, index) => !right[index]!.supported);
      if (wrong.length === 0) return scored(0, { relevant: 0, irrelevant: 0 });
      const isUseful = await useful(judged);
      const perPassage = await Promise.all(judged.passages.map((passage) => judged.support(wrong, [passage])));
      const says = (claim: number, wanted: boolean) =>
        perPassage.some((verdicts, passage) => isUseful[passage] === wanted && verdicts[claim]!.supported);
      const relevant = wrong.filter((_, claim) => says(claim, true)).length / claims.length;
      const irrelevant = wrong.filter((_, claim) => !says(claim, true) && says(claim, false)).length / claims.length;
      return scored(relevant + irrelevant, { relevant, irrelevant });
    },
  });
}
