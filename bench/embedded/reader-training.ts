// Trains the extractive reader: which sentence answers, how sure to be, and when the documents hold nothing.
import { createHash } from "node:crypto";
import type { Hit } from "../../src/core/retrieval.ts";
import { differenceRows, linearReranker } from "../../src/models/embedded/linear-reranker.ts";
import { dot, fitLogistic, type LogisticRow } from "../../src/models/embedded/logistic-regression.ts";
import { type ReaderWeights, readerFeatures } from "../../src/models/embedded/reader-features.ts";
import type { RerankerWeights } from "../../src/models/embedded/rerank-features.ts";
import { rankSentences, type SentenceRanking } from "../../src/models/embedded/sentence-ranking.ts";
import { contextualText } from "../../src/text/contextual-text.ts";
import { buildLexicon, inverseDocumentFrequency, type Lexicon } from "../../src/text/lexicon.ts";
import type { PreparedCorpus } from "./memory-index.ts";
import type { TrainingCorpus } from "./training-corpora.ts";
import type { TrainingQuestion } from "./training-question.ts";

export type ReadQuestion = {
  readonly corpus: string;
  /** 0 to `folds` - 1, by the text of the question. */
  readonly fold: number;
  readonly ranking: SentenceRanking;
  /** Whether a sentence of the ranking holds the answer, by `keyOf`. */
  readonly right: ReadonlySet<string>;
  /** True where the passages that answer, and all others of their document, were taken out of the corpus. */
  readonly isMissing: boolean;
};

export const folds = 5;

export const keyOf = (sentence: SentenceRanking["sentences"][number]): string => {
  const span = sentence.segment.sentences[sentence.position];
  return `${sentence.segment.passage}:${span?.start}`;
};

const zeroWeights = Object.fromEntries(readerFeatures.map((name) => [name, 0])) as ReaderWeights;

/** The five best passages for every question as the product would hand them over, read sentence by sentence. */
export async function readingsOf(
  corpus: TrainingCorpus,
  prepared: PreparedCorpus,
  options: { readonly denseWeight: number; readonly reranker: RerankerWeights; readonly isMissing: boolean },
): Promise<readonly ReadQuestion[]> {
  const reranker = linearReranker({ ...prepared, weights: options.reranker });
  const read: ReadQuestion[] = [];
  for (const question of corpus.questions) {
    const without = options.isMissing ? sameDocuments(question, prepared) : new Set<string>();
    const fused = await prepared.hybrid(question.text, options.denseWeight, without);
    const { hits } = await reranker.rerank(question.text, fused.slice(0, 20));
    const passages = hits.slice(0, 5);
    const lexicon = lexiconWithout(prepared, without);
    const ranking = await rankSentences(question.text, passages, { ...prepared, lexicon, weights: zeroWeights });
    const fold = createHash("sha256").update(question.text).digest()[0] ?? 0;
    const right = rightSentences(question, passages, ranking);
    read.push({ corpus: corpus.name, fold: fold % folds, ranking, right, isMissing: options.isMissing });
  }
  return read;
}

function sameDocuments(question: TrainingQuestion, prepared: PreparedCorpus): ReadonlySet<string> {
  const wanted = new Set(question.relevant);
  const documents = new Set(prepared.chunks.filter(({ id }) => wanted.has(id)).map(({ documentId }) => documentId));
  return new Set(prepared.chunks.filter(({ documentId }) => documents.has(documentId)).map(({ id }) => id));
}

/** Document frequencies as they would be had the left-out chunks never been read. */
function lexiconWithout(prepared: PreparedCorpus, without: ReadonlySet<string>): Lexicon {
  if (without.size === 0) return prepared.lexicon;
  const removed = prepared.chunks.filter(({ id }) => without.has(id));
  const counts = buildLexicon(removed.map((chunk) => prepared.analyser.terms(contextualText(chunk))));
  const documentCount = prepared.lexicon.documentCount - removed.length;
  const documentFrequency = (term: string) => prepared.lexicon.documentFrequency(term) - counts.documentFrequency(term);
  const idf = (term: string) => inverseDocumentFrequency(documentCount, documentFrequency(term));
  return { ...prepared.lexicon, documentCount, documentFrequency, idf };
}

/** A sentence is right when it lies half within a gold stretch, or holds half of one. */
function rightSentences(
  question: TrainingQuestion,
  passages: readonly Hit[],
  ranking: SentenceRanking,
): ReadonlySet<string> {
  const right = ranking.sentences.filter((sentence) => {
    const span = sentence.segment.sentences[sentence.position];
    const gold = question.spans.get(passages[sentence.segment.passage]?.chunk.id ?? "") ?? [];
    return gold.some(({ start, end }) => {
      if (!span) return false;
      const shared = Math.min(end, span.end) - Math.max(start, span.start);
      return shared >= 0.5 * Math.min(end - start, span.end - span.start);
    });
  });
  return new Set(right.map(keyOf));
}

/**
 * What the published reader experiments would start from: mostly coverage, then cosine, rank and the kind of answer. The
 * training sets are small and no open question set of encyclopedic text is among them, so this is worth many questions.
 */
export const sentencePrior: ReaderWeights = {
  coverage: 2,
  coverageWithPrevious: 1,
  coverageWithContext: 0.5,
  bm25: 0.5,
  pairs: 0.5,
  largestMissing: -0.3,
  cosine: 1,
  length: 0,
  isShort: -1,
  newShare: 0.3,
  isQuestion: -1,
  isRow: 0,
  reciprocalRank: 0.5,
  passageCoverage: 0,
  passageBm25: 0,
  passageDensity: 0,
  passagePairs: 0,
  fitQuantity: 0.6,
  fitTime: 0.6,
  fitPerson: 0.3,
  fitPlace: 0.3,
  fitCause: 0.3,
  fitMethod: 0.1,
  fitDefinition: 0.1,
  fitOther: 0.1,
};

const priorStrength = 100;

/** Pairwise, within a question; every corpus weighs the same. */
export function fitSentenceWeights(read: readonly ReadQuestion[]): readonly number[] {
  const rows = [...new Set(read.map(({ corpus }) => corpus))].flatMap((name) => {
    const own = read.filter(({ corpus, isMissing, right }) => corpus === name && !isMissing && right.size > 0);
    const share = 500 / Math.max(1, own.length);
    return own.flatMap(({ ranking, right }) =>
      differenceRows(
        ranking.sentences.map(({ features }) => features),
        (at) => right.has(keyOf(ranking.sentences[at] as SentenceRanking["sentences"][number])),
      ).map((row): LogisticRow => ({ ...row, weight: (row.weight ?? 1) * share })),
    );
  });
  return fitLogistic(rows, { ridge: priorStrength, prior: readerFeatures.map((name) => sentencePrior[name]) });
}

export function namedReaderWeights(vector: readonly number[]): ReaderWeights {
  return Object.fromEntries(
    readerFeatures.map((name, at) => [name, Number((vector[at] ?? 0).toFixed(4))]),
  ) as ReaderWeights;
}

/** The same readings in the order that `weights` give. */
export function reranked(read: ReadQuestion, weights: readonly number[]): ReadQuestion {
  const sentences = read.ranking.sentences.map((sentence) => ({ ...sentence, score: dot(weights, sentence.features) }));
  return { ...read, ranking: { ...read.ranking, sentences: sentences.sort((a, b) => b.score - a.score) } };
}

/** Every reading under weights that never saw its fold. */
export function outOfFold(read: readonly ReadQuestion[]): readonly ReadQuestion[] {
  return Array.from({ length: folds }, (_, fold) => {
    const weights = fitSentenceWeights(read.filter((reading) => reading.fold !== fold));
    return read.filter((reading) => reading.fold === fold).map((reading) => reranked(reading, weights));
  }).flat();
}

export const isRightAt = ({ ranking, right }: ReadQuestion, at: number): boolean => {
  const sentence = ranking.sentences[at];
  return sentence !== undefined && right.has(keyOf(sentence));
};
