// What a report must say of itself: everything assumed, and the machine it ran on.
import { availableParallelism, cpus, platform, totalmem } from "node:os";
import type { PriceBook } from "../../economics/price-book.ts";
import { tokenCounterName } from "../../text/tokens.ts";
import type { ProjectContext } from "../wiring/context.ts";
import type { RanApproach } from "./compare-approach.ts";
import { judgeAssumptions } from "./judge.ts";

export function assumptionsOf(
  context: ProjectContext,
  ran: readonly RanApproach[],
  prices: PriceBook,
): readonly string[] {
  const { config } = context;
  const { chunking, retrieval, evaluation, generator, longContext } = config;
  const models = ran
    .flatMap(({ rows, preparing }) => [...rows.flatMap(({ answer }) => answer.usage), ...preparing])
    .map(({ modelId }) => modelId);
  const size =
    chunking.method === "structure"
      ? `structure-aware, at most ${chunking.maxTokens} tokens, ${chunking.overlapTokens} overlap`
      : `recursive, ${chunking.chunkSize} ${chunking.unit}, ${chunking.chunkOverlap} overlap`;
  const fusion =
    retrieval.fusion.method === "rrf"
      ? "reciprocal rank fusion"
      : `weighted z-scores, dense weight ${retrieval.fusion.denseWeight}`;
  return [
    `Generator ${generator}. ${generator === "embedded/extractive" ? "It quotes sentences and is no language model: approaches that need one do not show what they could do with one." : ""}`.trim(),
    `Chunks: ${size}, counted by ${tokenCounterName}.`,
    `Retrieval: ${retrieval.mode}, ${fusion}, reranker ${retrieval.reranker}, ${retrieval.topK} passages within ${retrieval.contextTokens} tokens, ordered by ${retrieval.ordering}.`,
    `Long context: ${longContext.contextTokens.toLocaleString("en-US")} tokens at most.`,
    `Intervals: 95%, ${evaluation.resamples.toLocaleString("en-US")} clustered bootstrap resamples, seed ${evaluation.seed}; pairs tested by sign flips, Holm-adjusted.`,
    ...judgeAssumptions(context),
    "Latency is measured inside this process, one question at a time for embedded parts; answers reused from an earlier run keep the latency measured then.",
    ...prices.assumptions(models),
  ];
}

export function environmentOf(context: ProjectContext): Readonly<Record<string, string>> {
  return {
    node: process.version,
    platform: `${platform()} ${process.arch}`,
    processor: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    config: context.configFile ? "assay.config" : "defaults",
  };
}
