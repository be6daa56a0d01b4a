// ALCE's citation measures: does what is cited carry what is said, and is every citation needed?
import type { Answer } from "../../core/answers.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { sentencesOf } from "../../text/sentences.ts";
import type { Judge } from "../judges/judge.ts";
import { type Judged, judgedMetric } from "./judged.ts";
import { notApplicable, scored } from "./score.ts";

/** A sentence of the answer without its markers, and the passages that it cites, from 1. */
export type CitedSentence = { readonly text: string; readonly cited: readonly number[] };

const marker = /\s?\[(\d+(?:\s*[,;]\s*\d+)*)\]/g;

/** Sentences in order; a marker after the full stop belongs to the sentence before it. */
export function citedSentences(text: string): readonly CitedSentence[] {
  const sentences: { text: string; cited: number[] }[] = [];
  // A marker behind the full stop moves before it, so that both are cut as one sentence.
  const tidy = text.replace(/([.!?…。！？]+)((?:\s?\[\d+(?:\s*[,;]\s*\d+)*\])+)/g, "$2$1");
  for (const { start, end } of sentencesOf(tidy)) {
    const raw = tidy.slice(start, end);
    const cited = [...raw.matchAll(marker)].flatMap(([, list = ""]) => list.split(/[,;]/).map(Number));
    const bare = raw.replace(marker, "").trim();
    const last = sentences.at(-1);
    if (/[\p{L}\p{N}]/u.test(bare)) sentences.push({ text: bare, cited: [...new Set(cited)] });
    else if (last) last.cited.push(...cited.filter((number) => !last.cited.includes(number)));
  }
  return sentences;
}

function exempt(answer: Answer): Score | null {
  if (answer.outcome === "declined") return notApplicable("the answer was declined");
  return answer.hits.length === 0 ? notApplicable("no passage was shown") : null;
}

type Entails = (text: string, passages: readonly number[]) => Promise<boolean>;

function entailmentOf(judged: Judged): Entails {
  return async (text, cited) => {
    const evidence = cited.map((number) => judged.passages[number - 1]!);
    const [verdict] = await judged.support([text], evidence);
    return verdict!.supported;
  };
}

/** Cited, all in range, and the cited passages together carry it. */
async function isCarried({ text, cited }: CitedSentence, shown: number, entails: Entails): Promise<boolean> {
  if (cited.length === 0 || cited.some((number) => number < 1 || number > shown)) return false;
  return entails(text, cited);
}

/** Citations of a carried sentence that carry it alone, or without which it is no longer carried. */
async function neededCitations({ text, cited }: CitedSentence, entails: Entails): Promise<number> {
  if (cited.length === 1) return 1;
  let needed = 0;
  for (const number of cited) {
    const others = cited.filter((other) => other !== number);
    if ((await entails(text, [number])) || !(await entails(text, others))) needed += 1;
  }
  return needed;
}

/**
 * `alce-citation-recall` v1: sentences that cite, in range, and follow from what they cite / sentences. `alce-citation-precision`
 * v1: over the citations of all sentences, those of carried sentences that carry it alone or are not removable; an answer that
 * cites nothing has recall 0 and no precision. Source: ALCE `eval.py`, with this judge in place of its NLI model.
 */
export function alceCitations(judge: Judge): readonly Metric[] {
  const recall = judgedMetric(judge, {
    name: "alce-citation-recall",
    version: "1",
    label: "share of the answer's sentences that follow from what they cite (ALCE)",
    score: async (judged) => {
      const exemption = exempt(judged.answer);
      if (exemption) return exemption;
      const sentences = citedSentences(judged.answer.text);
      if (sentences.length === 0) return notApplicable("the answer says nothing");
      const entails = entailmentOf(judged);
      const carried = await Promise.all(sentences.map((one) => isCarried(one, judged.passages.length, entails)));
      return scored(carried.filter(Boolean).length / sentences.length);
    },
  });
  const precision = judgedMetric(judge, {
    name: "alce-citation-precision",
    version: "1",
    label: "share of the citations that carry their sentence alone or are needed for it (ALCE)",
    score: async (judged) => {
      const exemption = exempt(judged.answer);
      if (exemption) return exemption;
      const sentences = citedSentences(judged.answer.text);
      const citations = sentences.reduce((sum, { cited }) => sum + cited.length, 0);
      if (citations === 0) return notApplicable("the answer cites nothing");
      const entails = entailmentOf(judged);
      let needed = 0;
      for (const sentence of sentences) {
        if (await isCarried(sentence, judged.passages.length, entails))
          needed += await neededCitations(sentence, entails);
      }
      return scored(needed / citations);
    },
  });
  return [precision, recall];
}
