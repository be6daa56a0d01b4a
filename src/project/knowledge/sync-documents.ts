// Brings the stored documents in line with the files: parses what changed by content hash, forgets what is gone.
import { readFile } from "node:fs/promises";
import { matchesGlob, relative, resolve } from "node:path";
import { identityOf } from "../../core/component.ts";
import type { SourceDocument } from "../../core/documents.ts";
import { AssayError } from "../../core/errors.ts";
import { contentHash, hashOf } from "../../core/hash.ts";
import type { Progress } from "../../core/progress.ts";
import { parserFor, readDocuments } from "../../documents/index.ts";
import type { ControlDatabase } from "../state/control-database.ts";
import { type DocumentStore, revisionOf } from "../state/document-store.ts";
import type { DiscoveredDocuments } from "./discover-documents.ts";

export type IngestFailure = { readonly source: string; readonly code: string; readonly message: string };

export type DocumentCounts = { added: number; changed: number; unchanged: number; removed: number; failed: number };

export type DocumentSync = { readonly counts: DocumentCounts; readonly failures: readonly IngestFailure[] };

export type SyncScope = {
  readonly projectDirectory: string;
  /** What was found under the paths in scope. */
  readonly found: DiscoveredDocuments;
  /** Stored documents under these that were not found are forgotten. */
  readonly removeUnder: readonly string[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
};

type FoundSource = { readonly source: string; readonly absolutePath: string };

/** Reads every changed file in scope. A file that cannot be read is a failure, and what was stored of it stays. */
export async function syncDocuments(
  database: ControlDatabase,
  store: DocumentStore,
  scope: SyncScope,
  progress: Progress,
): Promise<DocumentSync> {
  const { found } = scope;
  const failures: IngestFailure[] = [...found.failures];
  const counts: DocumentCounts = { added: 0, changed: 0, unchanged: 0, removed: 0, failed: 0 };
  const stage = progress.start("Reading documents", found.sources.length);
  for (const source of found.sources) {
    failures.push(...(await syncFile(database, store, scope, source, counts)));
    stage.advance(1, source.source);
  }
  removeVanished(database, store, scope, counts);
  counts.failed = failures.length;
  stage.end(`${counts.added} added, ${counts.changed} changed, ${counts.removed} removed, ${counts.failed} failed`);
  return { counts, failures };
}

async function syncFile(
  database: ControlDatabase,
  store: DocumentStore,
  scope: SyncScope,
  file: FoundSource,
  counts: DocumentCounts,
): Promise<readonly IngestFailure[]> {
  const labels = labelsFor(file.source, scope.groups);
  const parseKey = await parseKeyOf(file, labels);
  if (parseKey === undefined) return [unreadable(file)];
  if (store.parseKeyOf(file.source) === parseKey) {
    counts.unchanged += store.ofSource(file.source).length;
    return [];
  }
  const failures: IngestFailure[] = [];
  const documents: SourceDocument[] = [];
  for await (const read of readDocuments(file, {})) {
    if ("failure" in read) failures.push(read.failure);
    else documents.push(withGroups(read.document, labels));
  }
  if (documents.length === 0 && failures.length > 0) return failures;
  failures.push(...database.transaction(() => storeFile(store, file, documents, counts)));
  // A file with broken rows is read again next time, so that its failures are reported until they are mended.
  if (failures.length === 0) database.transaction(() => store.setParseKey(file.source, parseKey));
  else database.transaction(() => store.setParseKey(file.source, ""));
  return failures;
}

function storeFile(
  store: DocumentStore,
  file: FoundSource,
  documents: readonly SourceDocument[],
  counts: DocumentCounts,
): IngestFailure[] {
  const failures: IngestFailure[] = [];
  const before = new Map(store.ofSource(file.source).map((summary) => [summary.id, summary.revision]));
  const seen = new Set<string>();
  for (const document of documents) {
    const owner = store.sourceOf(document.id);
    if (seen.has(document.id) || (owner !== undefined && owner !== file.source)) {
      failures.push({
        source: file.source,
        code: "bad-input",
        message: `document id "${document.id}" is already taken${owner ? ` by ${owner}` : " by an earlier row"}`,
      });
      continue;
    }
    seen.add(document.id);
    const revision = revisionOf(document);
    const old = before.get(document.id);
    counts[old === undefined ? "added" : old === revision ? "unchanged" : "changed"] += 1;
    if (old !== revision) store.put(document, revision);
  }
  const gone = [...before.keys()].filter((id) => !seen.has(id));
  for (const id of gone) store.remove(id);
  counts.removed += gone.length;
  return failures;
}

function removeVanished(
  database: ControlDatabase,
  store: DocumentStore,
  scope: SyncScope,
  counts: DocumentCounts,
): void {
  const present = new Set([...scope.found.sources, ...scope.found.failures].map(({ source }) => source));
  const vanished = store.sources().filter((source) => !present.has(source) && isUnder(source, scope));
  database.transaction(() => {
    for (const source of vanished) {
      for (const { id } of store.ofSource(source)) {
        store.remove(id);
        counts.removed += 1;
      }
      store.removeFile(source);
    }
  });
}

/** Whether a stored source falls under one of the synced paths. */
function isUnder(source: string, scope: SyncScope): boolean {
  const absolute = resolve(scope.projectDirectory, source);
  return scope.removeUnder.some((path) => {
    const scoped = resolve(scope.projectDirectory, path);
    const inside = relative(scoped, absolute);
    return absolute === scoped || (inside !== "" && !inside.startsWith("..")) || matchesGlob(absolute, scoped);
  });
}

/** Undefined where the file cannot be read. */
async function parseKeyOf(file: FoundSource, labels: readonly string[]): Promise<string | undefined> {
  const parser = parserFor(file.source);
  try {
    const bytes = await readFile(file.absolutePath);
    return hashOf({ content: contentHash(bytes), parser: parser ? identityOf(parser) : null, labels });
  } catch {
    return undefined;
  }
}

function unreadable(file: FoundSource): IngestFailure {
  const { message } = new AssayError({
    code: "unreadable-document",
    message: "the file cannot be read: check its permissions",
  });
  return { source: file.source, code: "unreadable-document", message };
}

function labelsFor(source: string, groups: SyncScope["groups"]): readonly string[] {
  return Object.entries(groups).flatMap(([glob, labels]) => (matchesGlob(source, glob) ? labels : []));
}

function withGroups(document: SourceDocument, labels: readonly string[]): SourceDocument {
  if (labels.length === 0) return document;
  return { ...document, groups: [...new Set([...document.groups, ...labels])] };
}
