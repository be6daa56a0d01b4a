// Holds the index against the stored documents, and the stored documents against the files.
import { AssayError } from "../../core/errors.ts";
import { discoverDocuments, documentPaths } from "../knowledge/discover-documents.ts";
import { openKnowledge } from "../knowledge/knowledge.ts";
import { wantedRevisions } from "../knowledge/sync-index.ts";
import type { ProjectContext } from "../wiring/context.ts";
import type { Check } from "./check.ts";

/** Warns where files came or went since the last ingest, without reading them. */
export async function checkSources(context: ProjectContext): Promise<Check> {
  const { documents } = context;
  const { sources } = await discoverDocuments(context, documentPaths(context));
  const stored = new Set(documents.sources());
  const fresh = sources.filter(({ source }) => !stored.has(source)).length;
  const present = new Set(sources.map(({ source }) => source));
  const gone = [...stored].filter((source) => !present.has(source)).length;
  if (stored.size === 0 && sources.length === 0)
    return {
      name: "sources",
      status: "warn",
      message: "no documents found",
      fix: "put documents into docs/, then `assay ingest`",
    };
  if (fresh + gone === 0) return { name: "sources", status: "ok", message: `${sources.length} files, all ingested` };
  return {
    name: "sources",
    status: "warn",
    message: `${fresh} files not ingested, ${gone} ingested files gone`,
    fix: "run `assay ingest`",
  };
}

export async function checkIndex(context: ProjectContext): Promise<Check> {
  try {
    return await compareIndex(context);
  } catch (error) {
    if (!AssayError.isInstance(error)) throw error;
    const status = error.code === "no-index" ? "warn" : "fail";
    return { name: "index", status, message: error.message, fix: error.remedy ?? "run `assay ingest`" };
  }
}

async function compareIndex(context: ProjectContext): Promise<Check> {
  const knowledge = await openKnowledge(context);
  try {
    const wanted = wantedRevisions(context.documents.summaries(), context.chunker());
    const held = await knowledge.index.revisions();
    const missing = [...wanted].filter(([id, revision]) => held.get(id) !== revision).length;
    const extra = [...held.keys()].filter((id) => !wanted.has(id)).length;
    if (missing + extra > 0) {
      return {
        name: "index",
        status: "warn",
        message: `${missing} documents are not indexed as stored, ${extra} are indexed and gone`,
        fix: "run `assay ingest`",
      };
    }
    const { chunks } = await knowledge.index.stats();
    const { adaptedOnChunks } = knowledge.live;
    if (chunks > 4 * adaptedOnChunks + 100) {
      return {
        name: "index",
        status: "warn",
        message: `${chunks} chunks, but the embedder was adapted on ${adaptedOnChunks}`,
        fix: "run `assay ingest --readapt`",
      };
    }
    return {
      name: "index",
      status: "ok",
      message: `${held.size} documents, ${chunks} chunks, in step with the stored documents`,
    };
  } finally {
    await knowledge.close();
  }
}
