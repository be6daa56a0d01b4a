// `npm run bench -- retrieval --data DIR`: the default hybrid beside its parts and beside an independent BM25 on the same chunks.

import { silentProgress } from "../src/core/progress.ts";
import type { AssayConfig } from "../src/project/config/config-schema.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { openKnowledge } from "../src/project/knowledge/knowledge.ts";
import { search } from "../src/project/knowledge/search.ts";
import type { ProjectContext } from "../src/project/wiring/context.ts";
import { contextualText } from "../src/text/contextual-text.ts";
import { benchProject } from "./bench-project.ts";
import { type BenchQuestion, type DataSet, loadDataSet, questionAnsweringSets } from "./data-sets.ts";
import { independentBm25 } from "./independent-bm25.ts";
import { mean, ndcg, recall, reciprocalRank, type ShownGold } from "./independent-metrics.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

type Place = { readonly documentId: string; readonly source: string; readonly page?: number };
type Ranker = (question: BenchQuestion) => readonly Place[];
type Figures = {
  readonly ndcg: number;
  readonly mrr: number;
  readonly recall1: number;
  readonly recall5: number;
  readonly recall10: number;
};

const variants: Readonly<Record<string, AssayConfig>> = {
  "hybrid + reranker (default)": {},
  hybrid: { retrieval: { reranker: "none" } },
  "hybrid, RRF": { retrieval: { reranker: "none", fusion: { method: "rrf" } } },
  "lexical leg": { retrieval: { reranker: "none", mode: "lexical" } },
  "dense leg": { retrieval: { reranker: "none", mode: "dense" } },
};

/** Deep enough that ten different documents are among the passages. */
const passages = 40;

export async function benchRetrieval(options: BenchOptions): Promise<string> {
  const rows: string[][] = [];
  for (const name of options.sets ?? questionAnsweringSets) {
    const set = loadDataSet(options.data, name);
    if (!set) continue;
    const measured = await measureSet(set);
    const baseline = measured["independent BM25"]?.ndcg ?? 0;
    for (const [variant, figures] of Object.entries(measured)) rows.push(row(set, variant, figures, baseline));
  }
  return markdownTable(
    ["set", "n", "ranker", "nDCG@10", "vs. BM25", "MRR@10", "recall@1", "recall@5", "recall@10"],
    rows,
  );
}

function row(set: DataSet, variant: string, figures: Figures, baseline: number): string[] {
  const points = (value: number) => (value * 100).toFixed(1);
  const gap = (figures.ndcg - baseline) * 100;
  const { ndcg: gain, mrr, recall1, recall5, recall10 } = figures;
  return [
    set.name,
    String(askable(set).length),
    variant,
    points(gain),
    `${gap >= 0 ? "+" : ""}${gap.toFixed(1)}`,
    ...[mrr, recall1, recall5, recall10].map(points),
  ];
}

function askable(set: DataSet): readonly BenchQuestion[] {
  return set.questions.filter((question) => question.evidence.length > 0);
}

async function measureSet(set: DataSet): Promise<Record<string, Figures>> {
  const project = benchProject(set);
  const figures: Record<string, Figures> = {};
  try {
    await project.withConfig({}, (context) => ingest(context, { progress: silentProgress }));
    for (const [variant, config] of Object.entries(variants)) {
      const ranker = await project.withConfig(config, (context) => rankAll(context, set));
      figures[variant] = figuresOf(set, ranker);
    }
    figures["independent BM25"] = figuresOf(set, await project.withConfig({}, independentRanker));
    return figures;
  } finally {
    project.remove();
  }
}

async function rankAll(context: ProjectContext, set: DataSet): Promise<Ranker> {
  const queries = askable(set).map(({ id, question }) => ({ id, text: question }));
  const ranked = new Map<string, readonly Place[]>();
  for await (const { id, hits } of search(context, { queries, topK: passages })) ranked.set(id, hits);
  return ({ id }) => ranked.get(id) ?? [];
}

async function independentRanker(context: ProjectContext): Promise<Ranker> {
  const knowledge = await openKnowledge(context);
  const chunks = new Map<string, Place & { text: string }>();
  for await (const batch of knowledge.index.scan())
    for (const chunk of batch) chunks.set(chunk.id, { ...chunk, text: contextualText(chunk) });
  await knowledge.close();
  const bm25 = independentBm25([...chunks].map(([id, { text }]) => ({ id, text })));
  return ({ question }) => bm25.rank(question, passages).flatMap(({ id }) => chunks.get(id) ?? []);
}

function figuresOf(set: DataSet, ranker: Ranker): Figures {
  const rankings = askable(set).map((question) => ({
    gold: question.evidence.length,
    ranking: goldShown(question, ranker(question)),
  }));
  const over = (measure: (ranking: readonly ShownGold[], gold: number) => number) =>
    mean(rankings.map(({ ranking, gold }) => measure(ranking, gold)));
  return {
    ndcg: over((ranking, gold) => ndcg(ranking, gold, 10)),
    mrr: over((ranking) => reciprocalRank(ranking, 10)),
    recall1: over((ranking, gold) => recall(ranking, gold, 1)),
    recall5: over((ranking, gold) => recall(ranking, gold, 5)),
    recall10: over((ranking, gold) => recall(ranking, gold, 10)),
  };
}

/** Ranks documents where gold is documents, pages (one page of tolerance, as the set's makers advise) where it is pages. */
function goldShown(question: BenchQuestion, places: readonly Place[]): readonly ShownGold[] {
  const seen = new Set<string>();
  return places.flatMap((place) => {
    const unit = `${place.documentId}#${place.page ?? ""}`;
    if (seen.has(unit)) return [];
    seen.add(unit);
    return [question.evidence.flatMap((item, number) => (shows(place, item) ? [number] : []))];
  });
}

function shows(place: Place, item: BenchQuestion["evidence"][number]): boolean {
  if ("documentId" in item) return place.documentId === item.documentId;
  return place.source.endsWith(item.file) && Math.abs((place.page ?? 0) - item.page) <= 1;
}
