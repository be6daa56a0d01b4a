// A retriever that has the question rewritten before it searches: by the new words alone, or by both, fused by rank. Knows nothing of
// who rewrites, nor of the retriever it wraps.
import { type CallOptions, type Component, identityOf } from "../core/component.ts";
import { AssayError } from "../core/errors.ts";
import type { Hit, Leg, Retrieval, RetrievalQuery, Retriever } from "../core/retrieval.ts";
import type { Usage } from "../core/usage.ts";
import { reciprocalRanks } from "./fusion.ts";
import { rankedHits } from "./ranking.ts";

export type QueryRefiner = Component & {
  /** Throws `AssayError` where the model behind it fails. */
  refine(question: string, call?: CallOptions): Promise<{ readonly query: string; readonly usage: readonly Usage[] }>;
};

export type RefinedRetrieverOptions = {
  readonly retriever: Retriever;
  readonly refiner: QueryRefiner;
  /** `rewritten` searches by the new words alone; `both` cannot lose what the question itself finds first. */
  readonly search: "rewritten" | "both";
};

/** Hits keep a leg per query, `question` and `rewritten`, and notes say what was searched for. A failing refiner costs the rewriting, not the answer. */
export function refinedRetriever({ retriever, refiner, search }: RefinedRetrieverOptions): Retriever {
  return {
    name: "refined",
    version: "1",
    config: { retriever: identityOf(retriever), refiner: identityOf(refiner), search },
    async retrieve(query, call) {
      const refined = await refinedOrNot(refiner, query.text, call);
      if (refined.query === undefined) {
        const { hits, usage } = await retriever.retrieve(query, call);
        return { hits, usage: [...refined.usage, ...usage], notes: [refined.note] };
      }
      const found = await searched(retriever, { query, rewritten: refined.query, search }, call);
      return { ...found, usage: [...refined.usage, ...found.usage], notes: [refined.note] };
    },
  };
}

type Refined = { readonly query?: string; readonly usage: readonly Usage[]; readonly note: string };

async function refinedOrNot(refiner: QueryRefiner, question: string, call?: CallOptions): Promise<Refined> {
  try {
    const { query, usage } = await refiner.refine(question, call);
    const words = query.replace(/\s+/g, " ").trim();
    if (words === "" || words === question.trim()) return { usage, note: "searched for the question as it was asked" };
    return { query: words, usage, note: `searched for: ${words}` };
  } catch (error) {
    if (!AssayError.isInstance(error) || error.code === "cancelled") throw error;
    return { usage: [], note: `searched for the question as it was asked: ${error.message}` };
  }
}

async function searched(
  retriever: Retriever,
  { query, rewritten, search }: { query: RetrievalQuery; rewritten: string; search: "rewritten" | "both" },
  call?: CallOptions,
): Promise<Retrieval> {
  const second = await retriever.retrieve({ ...query, text: rewritten }, call);
  if (search === "rewritten") return { hits: withLeg(second.hits, "rewritten"), usage: second.usage };
  const first = await retriever.retrieve(query, call);
  const hits = fused(withLeg(first.hits, "question"), withLeg(second.hits, "rewritten")).slice(0, query.topK);
  return { hits, usage: [...first.usage, ...second.usage] };
}

const withLeg = (hits: readonly Hit[], name: string): readonly Hit[] =>
  hits.map((hit, at) => ({ ...hit, legs: { ...hit.legs, [name]: { rank: at + 1, score: hit.score } } }));

/** What both queries found keeps the legs of the question's own search. */
function fused(first: readonly Hit[], second: readonly Hit[]): readonly Hit[] {
  const all = new Map<string, Hit>();
  for (const hit of [...second, ...first]) {
    const known = all.get(hit.chunk.id);
    all.set(hit.chunk.id, { ...hit, legs: { ...known?.legs, ...hit.legs } });
  }
  const hits = [...all.values()];
  const scores = reciprocalRanks(hits.map(({ legs }) => [legs["question"], legs["rewritten"]] as (Leg | undefined)[]));
  return rankedHits(
    hits.map((hit, at) => ({ ...hit, score: scores[at]! })),
    "refined",
  );
}
