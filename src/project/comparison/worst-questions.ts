// The questions that the leading approach did worst on, with what it saw and said: where a reader should look first.
import type { ReportedAnswer, ReportedQuestion } from "../../core/comparison.ts";
import { liesIn } from "../../evaluation/metrics/gold-matching.ts";
import type { ScoredAnswer } from "../../evaluation/score-answers.ts";
import type { RanApproach } from "./compare-approach.ts";

const mostQuestions = 25;
const mostPassages = 5;
const longestText = 1200;

/** Of the recommended approach, else of the first that is no yardstick. Wrong answers first, surest first. */
export function worstQuestions(ran: readonly RanApproach[], recommended: string | null): readonly ReportedQuestion[] {
  const leader = ran.find(({ name }) => name === recommended) ?? ran.find(({ yardstick }) => !yardstick);
  if (leader === undefined) return [];
  const places = leader.rows.map((row, place) => ({
    place,
    quality: qualityOf(row) ?? 1,
    confidence: row.answer.confidence ?? 0,
  }));
  const worst = places
    .filter(({ quality }) => quality < 1)
    .sort((a, b) => a.quality - b.quality || b.confidence - a.confidence)
    .slice(0, mostQuestions);
  const others = ran.filter((approach) => approach !== leader && !approach.yardstick);
  return worst.map(({ place }) => reportedQuestion(place, [leader, ...others]));
}

/** What each of `approaches` saw and said at one place of the run. */
export function reportedQuestion(place: number, approaches: readonly RanApproach[]): ReportedQuestion {
  const { id, text, kind, answerable, references, relevant } = (approaches[0] as RanApproach).rows[place]!.question;
  return {
    id,
    text,
    ...(kind === undefined ? {} : { kind }),
    answerable,
    references,
    gold: relevant.map(
      (item) => `${item.source ?? item.documentId}${item.page === undefined ? "" : `, page ${item.page}`}`,
    ),
    answers: approaches.map(({ name, rows }) => reportedAnswer(name, rows[place] as ScoredAnswer)),
  };
}

function reportedAnswer(approach: string, row: ScoredAnswer): ReportedAnswer {
  const { outcome, text, citations, hits, error } = row.answer;
  return {
    approach,
    outcome,
    text: shortened(text || (error?.message ?? "")),
    quality: qualityOf(row),
    citations: citations.map(({ source, page, quote }) => ({
      source,
      ...(page === undefined ? {} : { page }),
      quote: shortened(quote),
    })),
    passages: hits.slice(0, mostPassages).map(({ chunk }) => ({
      source: chunk.source,
      ...(chunk.page === undefined ? {} : { page: chunk.page }),
      text: shortened(chunk.text),
      isGold: row.question.relevant.some((item) => liesIn(chunk, item)),
    })),
  };
}

/** The headline score; null where there is none. */
export function qualityOf({ scores }: ScoredAnswer): number | null {
  const score = scores["quality"];
  return score?.status === "scored" ? score.value : null;
}

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
