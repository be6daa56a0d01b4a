// Why a document was or was not put before the model: its rank in each leg, far beyond the cut, and after every stage.
// Runs the stages that retrieval runs, in the same order and with the same limits; knows nothing of how they work.
import type { CallOptions } from "../core/component.ts";
import type { Chunk } from "../core/documents.ts";
import type { Usage } from "../core/models.ts";
import type { Hit, IndexHit, Reranker, Retrieval, RetrievalQuery } from "../core/retrieval.ts";
import { fusedHits, type HybridRetrieverOptions, searchIndex } from "./hybrid-retriever.ts";
import { diversified } from "./mmr-retriever.ts";
import { type TokenBudget, withinTokenBudget } from "./token-budget.ts";

export type TraceOptions = HybridRetrieverOptions & {
  readonly reranker?: Reranker;
  /** Default 20. */
  readonly rerankDepth?: number;
  readonly mmr?: { readonly fetchK: number; readonly lambda: number };
  readonly budget?: TokenBudget;
  /** How far down the legs are searched for the document. Default 1,000. */
  readonly traceDepth?: number;
};

/** The document that is looked for, by its id or its source. */
export type TraceQuery = RetrievalQuery & { readonly documentId?: string; readonly source?: string };

export type TraceStage = "dense" | "lexical" | "fused" | "reranked" | "mmr" | "budget";

export type TracedStage = {
  readonly stage: TraceStage;
  /** Of the document's best chunk, from 1; null where none was found or none came this far. */
  readonly rank: number | null;
  readonly score: number | null;
  readonly chunkId: string | null;
  /** How many ranks go on from here. */
  readonly limit: number;
  readonly passed: boolean;
};

export type DocumentTrace = {
  readonly stages: readonly TracedStage[];
  /** The stage that dropped the document; `search` where no leg found it in time; null where it reached the model. */
  readonly cutAt: TraceStage | "search" | null;
  readonly usage: readonly Usage[];
};

export async function traceDocument(
  options: TraceOptions,
  query: TraceQuery,
  call?: CallOptions,
): Promise<DocumentTrace> {
  const { depth = 100, traceDepth = 1000 } = options;
  const isWanted = wantedChunk(query);
  const cut = Math.max(depth, query.topK);
  const found = await searchIndex(options, { ...query, depth: Math.max(traceDepth, cut) }, call);
  const stages = legsOf(options).map((leg) => tracedLeg(found.hits, leg, cut, isWanted));
  const usage = [...found.usage];
  let hits: readonly Hit[] = [];
  for (const step of stepsAfterSearch(options, query, candidatesWithin(found.hits, cut))) {
    const result = await step.run(hits, call);
    usage.push(...result.usage);
    stages.push(tracedStage(step.stage, result.hits, step.limit, isWanted));
    hits = result.hits.slice(0, step.limit);
  }
  return { stages, cutAt: cutAt(stages), usage };
}

type Step = {
  readonly stage: TraceStage;
  /** Hits that the next step gets. */
  readonly limit: number;
  run(hits: readonly Hit[], call?: CallOptions): Promise<Retrieval>;
};

function stepsAfterSearch(
  options: TraceOptions,
  { text, topK }: TraceQuery,
  candidates: readonly IndexHit[],
): readonly Step[] {
  const { reranker, rerankDepth = 20, mmr, budget, fusion, index } = options;
  const free = (hits: readonly Hit[]): Retrieval => ({ hits, usage: [] });
  const intoMmr = mmr ? Math.max(mmr.fetchK, topK) : topK;
  const intoReranker = reranker ? Math.max(rerankDepth, intoMmr) : intoMmr;
  const steps: Step[] = [{ stage: "fused", limit: intoReranker, run: async () => free(fusedHits(candidates, fusion)) }];
  if (reranker)
    steps.push({ stage: "reranked", limit: intoMmr, run: (hits, call) => reranker.rerank(text, hits, call) });
  if (mmr) {
    const { lambda } = mmr;
    steps.push({
      stage: "mmr",
      limit: topK,
      run: async (hits) => free(await diversified(hits, index, { topK, lambda })),
    });
  }
  if (budget) steps.push({ stage: "budget", limit: topK, run: async (hits) => free(withinTokenBudget(hits, budget)) });
  return steps;
}

function wantedChunk({ documentId, source }: TraceQuery): (chunk: Chunk) => boolean {
  return (chunk) => chunk.documentId === documentId || chunk.source === source;
}

function legsOf({ mode = "hybrid" }: TraceOptions): readonly ("dense" | "lexical")[] {
  return mode === "hybrid" ? ["dense", "lexical"] : [mode];
}

/** What a search no deeper than `depth` would have found. */
function candidatesWithin(hits: readonly IndexHit[], depth: number): readonly IndexHit[] {
  return hits.flatMap(({ chunk, legs: { dense, lexical } }) => {
    const legs = {
      ...(dense && dense.rank <= depth && { dense }),
      ...(lexical && lexical.rank <= depth && { lexical }),
    };
    return Object.keys(legs).length > 0 ? [{ chunk, legs }] : [];
  });
}

function tracedLeg(
  hits: readonly IndexHit[],
  leg: "dense" | "lexical",
  limit: number,
  isWanted: (chunk: Chunk) => boolean,
): TracedStage {
  const [best] = hits
    .flatMap(({ chunk, legs }) => (legs[leg] && isWanted(chunk) ? [{ chunk, ...legs[leg] }] : []))
    .toSorted((a, b) => a.rank - b.rank);
  return traced(leg, limit, best);
}

function tracedStage(
  stage: TraceStage,
  hits: readonly Hit[],
  limit: number,
  isWanted: (chunk: Chunk) => boolean,
): TracedStage {
  const place = hits.findIndex(({ chunk }) => isWanted(chunk));
  const hit = hits[place];
  return traced(stage, limit, hit && { ...hit, rank: place + 1 });
}

type Best = { readonly chunk: Chunk; readonly rank: number; readonly score: number };

function traced(stage: TraceStage, limit: number, best: Best | undefined): TracedStage {
  if (!best) return { stage, rank: null, score: null, chunkId: null, limit, passed: false };
  const { chunk, rank, score } = best;
  return { stage, rank, score, chunkId: chunk.id, limit, passed: rank <= limit };
}

function cutAt(stages: readonly TracedStage[]): DocumentTrace["cutAt"] {
  const isLeg = ({ stage }: TracedStage) => stage === "dense" || stage === "lexical";
  if (!stages.some((stage) => isLeg(stage) && stage.passed)) return "search";
  return stages.find((stage) => !isLeg(stage) && !stage.passed)?.stage ?? null;
}
