// `assay ingest`: files to documents to chunks to a searchable index, doing only what changed.
import { rm } from "node:fs/promises";
import { identityOf } from "../../core/component.ts";
import type { Chunk, Chunker } from "../../core/documents.ts";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { Progress } from "../../core/progress.ts";
import { addRoots } from "../state/roots.ts";
import { withWriteLock } from "../state/state-folder.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { meterIndexing, recordIndexing } from "./cost-of-indexing.ts";
import { discoverDocuments, documentPaths } from "./discover-documents.ts";
import { adaptEmbeddedParts, type EmbeddedParts, openEmbeddedParts } from "./embedded-parts.ts";
import {
  dropOldGenerations,
  generationOf,
  openGeneration,
  readLiveIndex,
  writeLiveIndex,
} from "./index-generations.ts";
import { type DocumentCounts, type IngestFailure, syncDocuments } from "./sync-documents.ts";
import { syncIndex } from "./sync-index.ts";

export type IngestOptions = {
  /** Only what is under these is synced; default: the configured documents and every path ingested before. */
  readonly paths?: readonly string[];
  /** Adapts tokenizer and vectors anew and replaces the index in one step. */
  readonly readapt?: boolean;
  readonly progress: Progress;
};

/** The JSON of `assay ingest`. */
export type IngestResult = {
  readonly documents: Readonly<DocumentCounts>;
  readonly chunks: number;
  readonly failures: readonly IngestFailure[];
  readonly ms: number;
};

/** Throws `AssayError` `no-documents` only if nothing could be ingested: of the paths named, else at all. */
export async function ingest(context: ProjectContext, options: IngestOptions): Promise<IngestResult> {
  const started = performance.now();
  return withWriteLock(context.state, async () => {
    const { counts, failures } = await readScope(context, options);
    if (isNothing(context, options, counts)) throw nothingIngested(options, failures);
    rememberRoots(context, options);
    const chunks = await buildIndex(context, options);
    return { documents: counts, chunks, failures, ms: Math.round(performance.now() - started) };
  });
}

async function readScope(context: ProjectContext, options: IngestOptions) {
  const { config, directory, database, documents } = context;
  const named = namedPaths(options);
  const paths = named ?? documentPaths(context);
  const found = await discoverDocuments(context, paths);
  // A folder that has vanished whole is more likely unmounted than emptied: only naming it removes what was read from it.
  const vanished = new Set(found.failures.filter(({ code }) => code === "not-found").map(({ source }) => source));
  const removeUnder = named ?? paths.filter((path) => !vanished.has(path));
  const scope = { projectDirectory: directory, found, removeUnder, groups: config.groups };
  return await syncDocuments(database, documents, scope, options.progress);
}

function namedPaths({ paths }: IngestOptions): readonly string[] | undefined {
  return paths?.length ? paths : undefined;
}

/** A mistyped path beside a full index is a mistake too, and must not look like success. */
function isNothing({ documents }: ProjectContext, options: IngestOptions, counts: Readonly<DocumentCounts>): boolean {
  const { added, changed, unchanged, removed } = counts;
  if (namedPaths(options)) return added + changed + unchanged + removed === 0;
  return documents.summaries().length === 0 && removed === 0;
}

function rememberRoots({ database, directory, config }: ProjectContext, options: IngestOptions): void {
  const named = namedPaths(options);
  if (named) addRoots(database, directory, config.documents, named);
}

/** Returns the number of chunks that the live index holds. */
async function buildIndex(context: ProjectContext, options: IngestOptions): Promise<number> {
  const { database, state } = context;
  const meter = meterIndexing();
  const chunker = context.chunker();
  const parts = await embeddedParts(context, chunker, options);
  const embedder = await context.models.embedder(parts.opened.embedder);
  const generation = generationOf(embedder, parts.opened.analyser);
  const measured = meter.measure(embedder);
  const index = await openGeneration(state, generation, embedder, parts.opened.analyser);
  try {
    const synced = await syncIndex(
      context.documents,
      { index, chunker, embedder: measured, analyser: parts.opened.analyser },
      options.progress,
    );
    const { chunks } = await index.stats();
    recordIndexing(database, generation, { documents: synced.changedDocuments, usage: meter.read() });
    writeLiveIndex(database, {
      generation,
      embeddedParts: parts.key,
      embedderIdentity: identityOf(embedder),
      embedderName: embedder.name,
      corpusHash: synced.corpusHash,
      adaptedOnChunks: parts.adaptedOnChunks ?? chunks,
    });
    dropOldGenerations(state, generation);
    return chunks;
  } finally {
    await index.close();
  }
}

type PartsInUse = { readonly key: string; readonly opened: EmbeddedParts; readonly adaptedOnChunks?: number };

/** The frozen parts, or new ones where there are none yet or `readapt` asks for them. */
async function embeddedParts(context: ProjectContext, chunker: Chunker, options: IngestOptions): Promise<PartsInUse> {
  const live = readLiveIndex(context.database);
  if (live && !options.readapt) {
    const opened = await openEmbeddedParts(context.artefactDirectory(live.embeddedParts));
    return { key: live.embeddedParts, opened, adaptedOnChunks: live.adaptedOnChunks };
  }
  const corpusHash = hashOf([
    ...context.documents.summaries().map(({ id, revision }) => [id, revision]),
    identityOf(chunker),
  ]);
  const { languages, evaluation } = context.config;
  const chunks = () => chunksOf(context, chunker);
  const adapt = () =>
    adaptEmbeddedParts(context.stages, { chunks, corpusHash, languages, seed: evaluation.seed }, options.progress);
  const key = await adapt();
  return { key, opened: await openOrRemake(context.artefactDirectory(key), adapt) };
}

/** A damaged artefact would be found under its key for ever: it goes, and is made again. */
async function openOrRemake(directory: string, remake: () => Promise<unknown>): Promise<EmbeddedParts> {
  try {
    return await openEmbeddedParts(directory);
  } catch {
    await rm(directory, { recursive: true, force: true });
    await remake();
    return openEmbeddedParts(directory);
  }
}

function* chunksOf(context: ProjectContext, chunker: Chunker): Iterable<Chunk> {
  for (const document of context.documents.all()) yield* chunker.chunk(document);
}

function nothingIngested(options: IngestOptions, failures: readonly IngestFailure[]): AssayError {
  const first = failures[0];
  const where = options.paths?.join(", ") ?? "the configured folders";
  return new AssayError({
    code: "no-documents",
    message: first
      ? `nothing could be ingested: ${first.source}: ${first.message}${failures.length > 1 ? ` (and ${failures.length - 1} more)` : ""}`
      : `no documents found in ${where}`,
    remedy: "put files into docs/ (Markdown, HTML, text, PDF, DOCX, CSV, JSONL), or name them: `assay ingest PATH`",
  });
}
