// Answers by quoting: the one to three sentences of the given passages that fit the question best, with a calibrated
// confidence. It writes nothing of its own, follows no instruction, and declines when the passages hold nothing.
import type { CallOptions } from "../../core/component.ts";
import type { ChatModel, Generation, PromptParts, Usage } from "../../core/models.ts";
import { type ConfidenceWeights, featuresOfAnswer, probabilityOf } from "./answer-confidence.ts";
import { shippedConfidence, shippedMissing, shippedReaderWeights } from "./extractive-reader-weights.ts";
import { type Quote, quotesOf } from "./quote.ts";
import type { ReaderWeights } from "./reader-features.ts";
import { type ReaderParts, rankSentences, type SentenceRanking } from "./sentence-ranking.ts";

export type ExtractiveReaderWeights = {
  readonly sentence: ReaderWeights;
  /** That the first quote answers the question. */
  readonly confidence: ConfidenceWeights;
  /** That the documents hold nothing on it. */
  readonly missing: ConfidenceWeights;
};

export const shippedExtractiveWeights: ExtractiveReaderWeights = {
  sentence: shippedReaderWeights,
  confidence: shippedConfidence,
  missing: shippedMissing,
};

export type ExtractiveReaderOptions = ReaderParts & {
  /** False: always quotes the best there is, unless there is no passage at all. Default true. */
  readonly decline?: boolean;
  /** Declines where the probability that the documents hold nothing is above this. Default 0.5. */
  readonly declineAbove?: number;
  /** Default: the shipped ones. */
  readonly weights?: ExtractiveReaderWeights;
};

export const extractiveReaderLabel = "extractive, no language model";

const modelId = "embedded/extractive";
const declinedText = "Not found in the documents.";

/** Spans that an answer points at, at most. */
const mostSpans = 3;

/** A further quote goes into the text only when its score is this close to the first one's. */
const textMargin = 0.3;

export function extractiveReader(options: ExtractiveReaderOptions): ChatModel {
  const { analyser, lexicon, embedder, decline = true, declineAbove = 0.5 } = options;
  const weights = options.weights ?? shippedExtractiveWeights;
  const generate = async (prompt: PromptParts, call?: CallOptions): Promise<Generation> => {
    const started = performance.now();
    const parts = { analyser, lexicon, embedder, weights: weights.sentence };
    const ranking = await rankSentences(prompt.question, prompt.passages, parts, call);
    const usage = [usageOf(ranking, performance.now() - started)];
    return { ...answerOf(ranking, weights, decline ? declineAbove : 1), finish: "stop", usage };
  };
  return {
    name: modelId,
    version: "1",
    config: { decline, declineAbove, weights, analyser: analyser.config, embedder: embedder.config },
    label: extractiveReaderLabel,
    followsInstructions: false,
    generate: (prompt, _options, call) => generate(prompt, call),
    async *stream(prompt, _options, call) {
      const generation = await generate(prompt, call);
      yield { type: "text-delta", text: generation.text };
      yield { type: "generation-end", generation };
    },
  };
}

function answerOf(
  ranking: SentenceRanking,
  weights: ExtractiveReaderWeights,
  declineAbove: number,
): Pick<Generation, "text" | "confidence" | "declined" | "spans"> {
  const features = featuresOfAnswer(ranking);
  const hasNone = ranking.sentences.length === 0;
  const confidence = hasNone ? 0 : probabilityOf(features, weights.confidence);
  if (hasNone || probabilityOf(features, weights.missing) > declineAbove) {
    return { text: declinedText, confidence, declined: true, spans: [] };
  }
  const quotes = quotesOf(ranking.sentences, mostSpans);
  const spans = quotes.map(({ passage, start, end }) => ({ passage, start, end }));
  return { text: textOf(quotes), confidence, declined: false, spans };
}

function textOf(quotes: readonly Quote[]): string {
  const best = quotes[0]?.score ?? 0;
  return quotes
    .filter(({ score }) => score >= best - textMargin)
    .map(({ readable, passage }) => `${readable} [${passage + 1}]`)
    .join(" ");
}

/** Embedding is part of the reading: its tokens and time belong to this call. */
function usageOf({ usage }: SentenceRanking, durationMs: number): Usage {
  const inputTokens = usage.reduce((sum, part) => sum + part.inputTokens, 0);
  return { modelId, inputTokens, cachedInputTokens: 0, outputTokens: 0, durationMs, cpuMs: durationMs };
}
