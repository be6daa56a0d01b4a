// Orders the sentences of the given passages by how likely each answers the question.
import type { CallOptions } from "../../core/component.ts";
import type { Embedder, Usage } from "../../core/models.ts";
import type { Hit } from "../../core/retrieval.ts";
import type { Analyser } from "../../text/analyser.ts";
import type { Lexicon } from "../../text/lexicon.ts";
import { dot } from "./logistic-regression.ts";
import { passageAnalysisOf } from "./passage-analysis.ts";
import { type AnalysedQuestion, analyseQuestion } from "./question-analysis.ts";
import {
  type Candidate,
  featuresOfSentence,
  matchOf,
  type ReaderWeights,
  readerFeatures,
  textOf,
} from "./reader-features.ts";
import { type Segment, segmentsFor } from "./reading-segments.ts";

export type ReaderParts = { readonly analyser: Analyser; readonly lexicon: Lexicon; readonly embedder: Embedder };

export type RankedSentence = Candidate & {
  readonly features: readonly number[];
  readonly cosine: number;
  readonly score: number;
};

export type SentenceRanking = {
  readonly question: AnalysedQuestion;
  readonly segments: readonly Segment[];
  /** Best first; headings are not among them unless there is nothing else. */
  readonly sentences: readonly RankedSentence[];
  readonly usage: readonly Usage[];
};

/** Sentences that are looked at closely. */
const mostCandidates = 40;

export async function rankSentences(
  questionText: string,
  passages: readonly Hit[],
  parts: ReaderParts & { readonly weights: ReaderWeights },
  call?: CallOptions,
): Promise<SentenceRanking> {
  const { analyser, lexicon, embedder, weights } = parts;
  const question = analyseQuestion(questionText, analyser, lexicon);
  const segments = segmentsFor(question, passages, passageAnalysisOf(analyser), lexicon.averageLength);
  const candidates = promisingSentences(segments);
  const { cosines, usage } = await cosinesTo(questionText, candidates.map(textOf), embedder, call);
  const vector = readerFeatures.map((name) => weights[name]);
  const sentences = candidates.map((candidate, position) => {
    const cosine = cosines[position] ?? 0;
    const features = featuresOfSentence(question, candidate, cosine);
    return { ...candidate, cosine, features, score: dot(vector, features) };
  });
  return { question, segments, sentences: sentences.sort((a, b) => b.score - a.score), usage };
}

function promisingSentences(segments: readonly Segment[]): readonly Candidate[] {
  const all = segments.flatMap((segment, rank) =>
    segment.sentences.map((_, position) => ({ segment, rank, position })),
  );
  const prose = all.filter(({ segment, position }) => segment.sentences[position]?.role === "text");
  const promise = (candidate: Candidate) => {
    const match = matchOf(candidate);
    return match.coverageWithContext + match.coverageWithPrevious + match.bm25 + 0.5 / (1 + candidate.rank);
  };
  const ranked = (prose.length > 0 ? prose : all).map((candidate) => ({ candidate, promise: promise(candidate) }));
  ranked.sort((a, b) => b.promise - a.promise);
  return ranked.slice(0, mostCandidates).map(({ candidate }) => candidate);
}

async function cosinesTo(
  question: string,
  sentences: readonly string[],
  embedder: Embedder,
  call?: CallOptions,
): Promise<{ readonly cosines: readonly number[]; readonly usage: readonly Usage[] }> {
  if (sentences.length === 0) return { cosines: [], usage: [] };
  const [asked, read] = await Promise.all([
    embedder.embed({ values: [question], role: "query" }, call),
    embedder.embed({ values: sentences, role: "passage" }, call),
  ]);
  const direction = asked.vectors[0] ?? new Float32Array(embedder.dimensions);
  return { cosines: read.vectors.map((vector) => dot(direction, vector)), usage: [...asked.usage, ...read.usage] };
}
