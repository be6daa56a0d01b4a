// A project held open to be served: what the server may ask of it, and nothing of how it is asked.

import type { SourceDocument } from "../../core/documents.ts";
import { AssayError } from "../../core/errors.ts";
import { contentHash } from "../../core/hash.ts";
import type { Embedder } from "../../core/models.ts";
import type { Access, Filter } from "../../core/retrieval.ts";
import type { Metric } from "../../core/scores.ts";
import type { ServerConfig } from "../config/serve-config.ts";
import { type SearchHit, toSearchHit } from "../knowledge/search.ts";
import { type WhyResult, why } from "../knowledge/why.ts";
import { readRecommended } from "../state/recommended.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { priceBookOf } from "../wiring/prices.ts";
import { approachNames } from "../wiring/wire-approaches.ts";
import { type ServeEvent, type ServeRequest, serveAnswer } from "./answer.ts";
import type { ServedModel } from "./edition.ts";
import { openEditions } from "./editions.ts";
import { dailyMetrics } from "./live-metrics.ts";
import { answerMemory } from "./memory.ts";
import { tracedContext } from "./traced-parts.ts";

/** The model name that stands for whatever the last comparison recommended. */
export const recommendedModel = "assay";

export type ServedSearch = Access & {
  readonly query: string;
  readonly topK?: number;
  readonly filter?: Filter;
  readonly signal?: AbortSignal;
};

export type ServedProject = {
  readonly config: ServerConfig;
  /** Every approach that can answer now. */
  models(): Promise<readonly ServedModel[]>;
  /** What `assay` stands for at this moment. */
  recommended(): string;
  /**
   * The approach behind a model's name. `conversation` decides who meets the canary, always alike. Throws `AssayError`
   * `unknown-model`.
   */
  route(model: string, conversation: string): Promise<string>;
  answer(request: ServeRequest): AsyncGenerator<ServeEvent>;
  search(request: ServedSearch): Promise<readonly SearchHit[]>;
  /** Throws `AssayError` `not-found` alike for documents that are not there and that may not be seen. */
  why(question: string, document: string, access: Access): Promise<WhyResult>;
  /** Undefined alike for documents that are not there and that may not be seen. */
  document(id: string, access: Access): SourceDocument | undefined;
  embed(values: readonly string[], signal?: AbortSignal): Promise<ServedVectors>;
  /** What can be scored of answers that nobody has a reference for. */
  liveMetrics(): Promise<readonly Metric[]>;
  /** Throws where an answer could not be given now. Returns why the newest state is not served, if so. */
  check(): Promise<string | undefined>;
  close(): Promise<void>;
};

export type ServedVectors = { readonly model: string } & Awaited<ReturnType<Embedder["embed"]>>;

/** Throws `AssayError`: `no-index` before the first ingest, `index-mismatch`, `corrupt-state`. The context stays the caller's. */
export async function openServedProject(context: ProjectContext): Promise<ServedProject> {
  const config = context.config.server;
  requireKnown(config);
  const editions = await openEditions(tracedContext(context));
  const parts = {
    context,
    editions,
    prices: await priceBookOf(context.config),
    memory: answerMemory(config),
  };
  const recommended = () => readRecommended(context.database) ?? "rag";
  const inEdition = async <T>(work: (edition: Awaited<ReturnType<typeof editions.enter>>) => T | Promise<T>) => {
    const edition = await editions.enter();
    try {
      return await work(edition);
    } finally {
      edition.leave();
    }
  };
  const models = () => inEdition((edition) => edition.models);
  return {
    config,
    models,
    recommended,
    route: async (model, conversation) => routed(model, canaryOr(recommended(), config, conversation), await models()),
    answer: (request) => serveAnswer(parts, request),
    search: ({ query, topK = context.config.retrieval.topK, groups, filter, signal }) =>
      inEdition(async ({ knowledge }) => {
        const asked = { text: query, topK, ...(groups ? { groups } : {}), ...(filter ? { filter } : {}) };
        const { hits } = await knowledge.retriever.retrieve(asked, signal ? { signal } : {});
        return hits.map(toSearchHit);
      }),
    why: async (question, document, access) =>
      why(context, { question, document: visibleDocument(context, document, access), ...access }),
    document(id, access) {
      const document = context.documents.get(id);
      return document && mayRead(document, access) ? document : undefined;
    },
    embed: (values, signal) =>
      inEdition(async ({ knowledge: { embedder } }) => ({
        model: embedder.name,
        ...(await embedder.embed({ values, role: "query" }, signal ? { signal } : {})),
      })),
    liveMetrics: dailyMetrics(context, (work) => inEdition(({ knowledge }) => work(knowledge)), parts.prices),
    async check() {
      await inEdition((edition) => edition.answerer(recommended()));
      return editions.problem;
    },
    close: async () => editions.close(),
  };
}

/** A misspelt approach should not wait for the first outage to be noticed. */
function requireKnown({ canary, shadow, fallback }: ServerConfig): void {
  const named = { canary: canary?.approach, shadow: shadow?.approach, fallback };
  for (const [key, approach] of Object.entries(named)) {
    if (approach === undefined || approachNames.includes(approach)) continue;
    throw new AssayError({
      code: "bad-config",
      message: `server.${key}: no approach is called "${approach}"`,
      remedy: `choose one of ${approachNames.join(", ")}`,
    });
  }
}

function routed(model: string, chosen: string, runnable: readonly ServedModel[]): string {
  const approach = model === recommendedModel ? chosen : model;
  if (runnable.some(({ name }) => name === approach)) return approach;
  const known = [recommendedModel, ...runnable.map(({ name }) => name)];
  throw new AssayError({
    code: "unknown-model",
    message: `the model ${JSON.stringify(model)} does not exist or cannot answer here`,
    remedy: `use one of ${known.join(", ")}`,
  });
}

function canaryOr(recommended: string, { canary }: ServerConfig, conversation: string): string {
  if (canary === undefined) return recommended;
  const place = Number.parseInt(contentHash(conversation).slice(0, 8), 16) / 2 ** 32;
  return place < canary.share ? canary.approach : recommended;
}

function mayRead(document: SourceDocument, { groups }: Access): boolean {
  return (
    groups === undefined || document.groups.length === 0 || document.groups.some((group) => groups.includes(group))
  );
}

/** The id of the document that `name` means among those that may be seen: by id, by source, by the end of its source. */
function visibleDocument(context: ProjectContext, name: string, access: Access): string {
  const summaries = context.documents.summaries();
  const meant = [
    ...summaries.filter(({ id }) => id === name),
    ...summaries.filter(({ source }) => source === name || source.endsWith(`/${name}`)),
  ];
  for (const { id } of meant) {
    const document = context.documents.get(id);
    if (document && mayRead(document, access)) return id;
  }
  throw new AssayError({
    code: "not-found",
    message: `${name}: no such document can be read here`,
    remedy: "name a document by its id or its source, as search gives them",
  });
}
