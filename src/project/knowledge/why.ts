// `assay why`: one document's way through every stage for one question, and the place where it was cut.
import { AssayError } from "../../core/errors.ts";
import { type DocumentTrace, type TracedStage, traceDocument } from "../../retrieval/trace.ts";
import { countTokens } from "../../text/tokens.ts";
import type { StoredSummary } from "../state/document-store.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { type Knowledge, openKnowledge } from "./knowledge.ts";
import { wantedRevisions } from "./sync-index.ts";

export type WhyOptions = {
  readonly question: string;
  /** Source or id of the document. */
  readonly document: string;
  readonly groups?: readonly string[];
};

export type WhyStage = {
  /** `parsed`, `chunked`, `indexed`, with groups `access`, then `dense`, `lexical`, `fused`, `reranked`, `mmr`, `budget` as far as configured. */
  readonly stage: string;
  readonly passed: boolean;
  /** Of the document's best chunk, from 1; null where it was not found; absent for stages without ranks. */
  readonly rank?: number | null;
  readonly detail: string;
};

/** The JSON of `assay why`. */
export type WhyResult = {
  readonly question: string;
  readonly documentId: string;
  readonly source: string;
  readonly stages: readonly WhyStage[];
  /** The stage that dropped it; null where it reached the model. */
  readonly cutAt: string | null;
  /** The same in a sentence. */
  readonly verdict: string;
};

/** Throws `AssayError` `not-found` for a document that was never read, `no-index` before the first ingest. */
export async function why(context: ProjectContext, options: WhyOptions): Promise<WhyResult> {
  const knowledge = await openKnowledge(context);
  try {
    const document = findDocument(context, options.document);
    const stages = [...(await storedStages(context, knowledge, document)), ...accessStage(context, document, options)];
    const stored = stages.find((stage) => !stage.passed);
    if (stored) return result(options, document, stages, stored.stage);
    const trace = await traced(context, knowledge, document, options);
    stages.push(...trace.stages.map(whyStage));
    return result(options, document, stages, trace.cutAt);
  } finally {
    await knowledge.close();
  }
}

function findDocument(context: ProjectContext, name: string): StoredSummary {
  const summaries = context.documents.summaries();
  const found =
    summaries.find(({ id }) => id === name) ??
    summaries.find(({ source }) => source === name) ??
    summaries.find(({ source }) => source.endsWith(`/${name}`));
  if (found) return found;
  throw new AssayError({
    code: "not-found",
    message: `${name}: no such document was read`,
    remedy: "run `assay ingest` and look for it among the files that were not read; name it by its source or id",
  });
}

async function storedStages(
  context: ProjectContext,
  { index }: Knowledge,
  document: StoredSummary,
): Promise<readonly WhyStage[]> {
  const stored = context.documents.get(document.id);
  const chunker = context.chunker();
  const chunks = stored ? chunker.chunk(stored).length : 0;
  const wanted = wantedRevisions([document], chunker).get(document.id);
  const indexed = (await index.revisions()).get(document.id);
  const state =
    indexed === undefined ? "not in the index: run `assay ingest`" : "in an older state: run `assay ingest`";
  return [
    { stage: "parsed", passed: true, detail: `${stored?.text.length ?? 0} characters from ${document.source}` },
    { stage: "chunked", passed: chunks > 0, detail: `${chunks} chunks` },
    { stage: "indexed", passed: indexed === wanted, detail: indexed === wanted ? "as stored" : state },
  ];
}

/** Only where somebody is asking on whose behalf documents are hidden. */
function accessStage(context: ProjectContext, document: StoredSummary, { groups }: WhyOptions): readonly WhyStage[] {
  if (groups === undefined) return [];
  const needed = context.documents.get(document.id)?.groups ?? [];
  const passed = needed.length === 0 || needed.some((group) => groups.includes(group));
  return [
    { stage: "access", passed, detail: needed.length === 0 ? "open to all" : `needs one of ${needed.join(", ")}` },
  ];
}

function traced(
  context: ProjectContext,
  knowledge: Knowledge,
  document: StoredSummary,
  options: WhyOptions,
): Promise<DocumentTrace> {
  const { mode, depth, fusion, topK, rerankDepth, mmr, contextTokens } = context.config.retrieval;
  const { index, embedder, parts, reranker } = knowledge;
  return traceDocument(
    {
      index,
      embedder,
      analyser: parts.analyser,
      mode,
      depth,
      fusion,
      rerankDepth,
      ...(reranker ? { reranker } : {}),
      ...(mmr ? { mmr } : {}),
      budget: { maxTokens: contextTokens, countTokens },
    },
    { text: options.question, topK, documentId: document.id, ...(options.groups ? { groups: options.groups } : {}) },
  );
}

function whyStage({ stage, rank, score, limit, passed, chunkId }: TracedStage): WhyStage {
  if (rank === null) return { stage, passed, rank, detail: `not among the candidates (the first ${limit} go on)` };
  return { stage, passed, rank, detail: `the first ${limit} go on; score ${score?.toPrecision(4)}, chunk ${chunkId}` };
}

function result(
  options: WhyOptions,
  document: StoredSummary,
  stages: readonly WhyStage[],
  cutAt: string | null,
): WhyResult {
  const { id, source } = document;
  const verdict =
    cutAt === null
      ? `${source} reached the model.`
      : cutAt === "search"
        ? `${source} was not found by any search leg: it shares too little with the question.`
        : `${source} was cut at stage "${cutAt}".`;
  return { question: options.question, documentId: id, source, stages, cutAt, verdict };
}
