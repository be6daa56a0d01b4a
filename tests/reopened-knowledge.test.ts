// The index in memory from one opening to the next: what an ingest changed is read anew, rights included, and nothing else.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Chunk, SourceDocument } from "../src/core/documents.ts";
import { silentProgress } from "../src/core/progress.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { type Knowledge, openKnowledge } from "../src/project/knowledge/knowledge.ts";
import { revisionOf } from "../src/project/state/document-store.ts";
import { openContext, type ProjectContext } from "../src/project/wiring/context.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
let context: ProjectContext;
beforeEach(async () => {
  project = ferryProject();
  await ingestAsAnother();
  context = await openContext(project.directory);
});
afterEach(() => {
  context.close();
  project.remove();
});

/** As `assay ingest` beside a server does. */
async function ingestAsAnother(config: object = {}): Promise<void> {
  project.write("assay.config.json", JSON.stringify(config));
  const other = await openContext(project.directory);
  await ingest(other, { progress: silentProgress });
  other.close();
}

/** Every chunk that `groups` may see, as the index in memory holds it. */
async function seen({ index, parts }: Knowledge, groups?: readonly string[]): Promise<ReadonlyMap<string, Chunk>> {
  const terms = parts.analyser.terms("ferry lost things dogs ride harbour");
  const hits = await index.search({ terms, depth: 50, ...(groups && { groups }) });
  return new Map(hits.map(({ chunk }) => [chunk.documentId, chunk]));
}

async function reopened(): Promise<Knowledge> {
  return openKnowledge(context, { inMemory: true });
}

test("a document that was changed, moved into a group, added or removed is seen so; the others are not read again", async () => {
  const before = await reopened();
  const old = await seen(before);
  expect([...old.keys()].sort()).toEqual(["docs/dogs.md", "docs/ferry.md", "docs/lost-things.md"]);
  project.write("docs/ferry.md", "# Island ferry\n\nThe island ferry leaves every 40 minutes.\n");
  project.write("docs/harbour.md", "# Harbour\n\nThe harbour closes at dusk.\n");
  await ingestAsAnother({ groups: { "docs/dogs.md": ["staff"] } });
  const after = await reopened();
  const [everything, outsiders] = [await seen(after), await seen(after, [])];
  expect([...everything.keys()].sort()).toEqual([...old.keys(), "docs/harbour.md"].sort());
  expect(everything.get("docs/ferry.md")?.text).toContain("40 minutes");
  expect(everything.get("docs/dogs.md")?.groups).toEqual(["staff"]);
  expect([...outsiders.keys()].sort()).toEqual(["docs/ferry.md", "docs/harbour.md", "docs/lost-things.md"]);
  // The very object of the first reading.
  expect(everything.get("docs/lost-things.md")).toBe(old.get("docs/lost-things.md"));
  await Promise.all([before.close(), after.close()]);
});

test("whatever a chunk takes from its document is in the name of the document's revision", () => {
  const document: SourceDocument = {
    id: "a",
    source: "a.md",
    title: "A",
    text: "Text.",
    format: "markdown",
    metadata: { year: 2024 },
    groups: ["hr"],
    pages: [{ page: 1, start: 0, end: 5 }],
  };
  const changes: readonly Partial<SourceDocument>[] = [
    { source: "b.md" },
    { title: "B" },
    { text: "Other." },
    { metadata: { year: 2025 } },
    { metadata: {} },
    { groups: [] },
    { groups: ["hr", "board"] },
    { pages: [{ page: 2, start: 0, end: 5 }] },
  ];
  const revisions = [{}, ...changes].map((change) => revisionOf({ ...document, ...change }));
  expect(new Set(revisions).size).toBe(revisions.length);
});
