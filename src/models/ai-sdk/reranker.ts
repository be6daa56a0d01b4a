// A hosted reranking model as Assay's reranker: reorders every hit it was given and loses none.
import type { RerankingModel } from "ai";
import type { CallOptions } from "../../core/component.ts";
import type { Hit, Reranker, Retrieval } from "../../core/retrieval.ts";
import { contextualText } from "../../text/contextual-text.ts";
import { deadlineOf, type Endpoint } from "./endpoint.ts";
import { loadSdk, rerankingModel, telemetry } from "./load-sdk.ts";
import { modelError } from "./model-errors.ts";
import { tokenUsage } from "./token-usage.ts";

type OpenedModel = Exclude<RerankingModel, string>;

export function aiSdkReranker(
  endpoint: Endpoint,
  open: () => Promise<OpenedModel> = () => rerankingModel(endpoint),
): Reranker {
  let opened: Promise<OpenedModel> | undefined;
  return {
    name: endpoint.id,
    version: "1",
    config: { baseUrl: endpoint.baseUrl ?? null },
    rerank: (query, hits, call = {}) => {
      if (hits.length === 0) return Promise.resolve({ hits, usage: [] });
      opened ??= open();
      return rerankHits(endpoint, opened, query, hits, call);
    },
  };
}

async function rerankHits(
  endpoint: Endpoint,
  opened: Promise<OpenedModel>,
  query: string,
  hits: readonly Hit[],
  call: CallOptions,
): Promise<Retrieval> {
  const began = performance.now();
  const deadline = deadlineOf(endpoint, call.signal);
  try {
    const { rerank } = await loadSdk();
    const { ranking } = await rerank({
      model: await opened,
      query,
      documents: hits.map((hit) => contextualText(hit.chunk)),
      maxRetries: endpoint.maxRetries,
      abortSignal: deadline.signal,
      telemetry,
    });
    const scores = new Map(ranking.map(({ originalIndex, score }) => [originalIndex, score]));
    // Rerankers bill searches and report no tokens.
    const usage = tokenUsage(endpoint.id, began, { inputTokens: undefined, outputTokens: undefined });
    return { hits: reordered(hits, scores), usage: [usage] };
  } catch (error) {
    throw modelError(error, endpoint, call.signal);
  } finally {
    deadline.release();
  }
}

/** Hits that the model left out keep their order, behind all others. */
function reordered(hits: readonly Hit[], scores: ReadonlyMap<number, number>): readonly Hit[] {
  const scoreOf = (index: number) => scores.get(index) ?? Number.NEGATIVE_INFINITY;
  const order = hits.map((_, index) => index).sort((a, b) => scoreOf(b) - scoreOf(a) || a - b);
  const lowest = Math.min(...scores.values(), 0);
  return order.flatMap((index, position) => {
    const hit = hits[index];
    if (!hit) return [];
    const score = scores.get(index) ?? lowest;
    return [{ ...hit, score, legs: { ...hit.legs, reranked: { rank: position + 1, score } } }];
  });
}
