// Citations against gold evidence. Whether a quote exists at all was verified before; here only its place is judged.
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { goldItems, liesIn } from "./gold-matching.ts";
import { deterministicMetric, notApplicable, scored, unscored } from "./score.ts";

/** Why citations cannot be judged, or null. Declining claims nothing, so it needs no evidence: see `over-decline`. */
function exempt(question: HeldOutQuestion, answer: Answer): Score | null {
  if (!question.answerable) return notApplicable("the question is unanswerable");
  if (goldItems(question.relevant).length === 0) return notApplicable("the question names no relevant evidence");
  if (answer.outcome === "failed") return unscored("the answer failed");
  if (answer.outcome === "declined") return notApplicable("the answer was declined");
  return null;
}

/**
 * `citation-precision` v1: citations that lie in gold evidence / citations. Not applicable where nothing is cited: that is
 * counted by recall. Gold that is not exhaustive makes this a lower bound. Not ALCE's entailment measure.
 */
export function citationPrecision(): Metric {
  return deterministicMetric({
    name: "citation-precision",
    version: "1",
    label: "share of the citations that lie in gold evidence",
    score: (question, answer) => {
      const exemption = exempt(question, answer);
      if (exemption) return exemption;
      if (answer.citations.length === 0) return notApplicable("the answer cites nothing");
      const gold = goldItems(question.relevant);
      const right = answer.citations.filter((citation) => gold.some((item) => liesIn(citation, item)));
      return scored(right.length / answer.citations.length, { dropped: answer.droppedCitations });
    },
  });
}

/**
 * `verified-citations` v1: citations whose words stand in the stored text / all that the answer gave, those dropped as
 * unverifiable among them. Needs no gold. Not applicable where nothing was cited. Source: ours.
 */
export function verifiedCitations(): Metric {
  return deterministicMetric({
    name: "verified-citations",
    version: "1",
    label: "share of the citations given whose words stand in the document; the rest are dropped",
    score: (_question, { outcome, citations, droppedCitations }) => {
      if (outcome === "failed") return unscored("the answer failed");
      const given = citations.length + droppedCitations;
      if (given === 0) return notApplicable("the answer cites nothing");
      return scored(citations.length / given, { dropped: droppedCitations });
    },
  });
}

/** `citation-recall` v1: gold evidence items that a citation lies in / gold evidence items. An answer that cites nothing scores 0. */
export function citationRecall(): Metric {
  return deterministicMetric({
    name: "citation-recall",
    version: "1",
    label: "share of the gold evidence that is cited",
    score: (question, answer) => {
      const exemption = exempt(question, answer);
      if (exemption) return exemption;
      const gold = goldItems(question.relevant);
      const cited = gold.filter((item) => answer.citations.some((citation) => liesIn(citation, item)));
      return scored(cited.length / gold.length);
    },
  });
}
